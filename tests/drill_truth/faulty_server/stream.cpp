#include "stream.hpp"

#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace faulty {
namespace {

constexpr std::chrono::seconds write_patience{20};

int milliseconds_until(moment until) {
    if (until == moment::max()) {
        return -1;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

}  // namespace

stream::stream(int fd, SSL_CTX* tls) : fd_(fd) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getpeername(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
        peer_ = ntohs(address.sin_port);
    }
    if (tls != nullptr) {
        tls_ = SSL_new(tls);
        SSL_set_fd(tls_, fd_);
        SSL_set_accept_state(tls_);
    }
}

stream::~stream() { close(); }

stream::ready stream::wait_for(short events, int wake, moment until) const {
    std::array<pollfd, 2> watched{{{fd_, events, 0}, {wake, POLLIN, 0}}};
    for (;;) {
        const int count = ::poll(watched.data(), wake < 0 ? 1 : 2, milliseconds_until(until));
        if (count > 0) {
            return watched[0].revents != 0 ? ready::yes : ready::woken;
        }
        if (count == 0) {
            return ready::late;
        }
    }
}

/// What to wait for before the call is repeated; 0: it has failed, and how.
short stream::tls_wants(int result, got& failure) const {
    const int error = SSL_get_error(tls_, result);
    if (error == SSL_ERROR_WANT_READ) {
        return POLLIN;
    }
    if (error == SSL_ERROR_WANT_WRITE) {
        return POLLOUT;
    }
    const bool ended = error == SSL_ERROR_ZERO_RETURN || SSL_get_shutdown(tls_) != 0;
    failure = ended ? got::end : got::reset;
    ERR_clear_error();
    return 0;
}

stream::got stream::shake_hands(int wake, moment until) {
    for (;;) {
        const int result = SSL_do_handshake(tls_);
        if (result == 1) {
            return got::bytes;
        }
        got failure = got::reset;
        const short wanted = tls_wants(result, failure);
        if (wanted == 0) {
            return failure;
        }
        const auto how = wait_for(wanted, wake, until);
        if (how != ready::yes) {
            return how == ready::woken ? got::woken : got::late;
        }
    }
}

stream::got stream::read(std::string& into, int wake, moment until) {
    std::array<char, 16384> chunk;
    for (;;) {
        got failure = got::reset;
        short wanted = POLLIN;
        if (tls_ != nullptr) {
            const int count = SSL_read(tls_, chunk.data(), static_cast<int>(chunk.size()));
            if (count > 0) {
                into.append(chunk.data(), static_cast<std::size_t>(count));
                return got::bytes;
            }
            wanted = tls_wants(count, failure);
        } else {
            const auto count = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
            if (count > 0) {
                into.append(chunk.data(), static_cast<std::size_t>(count));
                return got::bytes;
            }
            failure = count == 0 ? got::end : got::reset;
            wanted = count < 0 && (errno == EAGAIN || errno == EINTR) ? POLLIN : 0;
        }
        if (wanted == 0) {
            return failure;
        }
        const auto how = wait_for(wanted, wake, until);
        if (how != ready::yes) {
            return how == ready::woken ? got::woken : got::late;
        }
    }
}

void stream::wake_from(int bytes) const {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

stream::got stream::wait_unread(std::string& seen, int wake, moment until) {
    const auto how = wait_for_head(seen, wake, until);
    wake_from(1);
    return how;
}

stream::got stream::wait_for_head(std::string& seen, int wake, moment until) {
    std::array<char, 16384> chunk;
    std::size_t before = 0;
    for (;;) {
        const auto count = ::recv(fd_, chunk.data(), chunk.size(), MSG_PEEK | MSG_DONTWAIT);
        if (count == 0) {
            return got::end;
        }
        if (count > 0 && static_cast<std::size_t>(count) > before) {
            seen.assign(chunk.data(), static_cast<std::size_t>(count));
            before = seen.size();
            if (seen.find("\r\n\r\n") != std::string::npos) {
                return got::bytes;
            }
            // More than what is there already is to come: poll() would only say that some is.
            wake_from(static_cast<int>(before) + 1);
        } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return got::reset;
        }
        const auto how = wait_for(POLLIN, wake, until);
        if (how != ready::yes) {
            return how == ready::woken ? got::woken : got::late;
        }
    }
}

std::size_t stream::unread() const {
    int count = 0;
    ::ioctl(fd_, FIONREAD, &count);
    return static_cast<std::size_t>(count);
}

void stream::hold_incoming() const {
    std::array<sock_filter, 8> program{{
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, 12},  // the length of the TCP header, in words
        {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xf0},
        {BPF_ALU | BPF_RSH | BPF_K, 0, 0, 2},  // in bytes
        {BPF_MISC | BPF_TAX, 0, 0, 0},
        {BPF_LD | BPF_W | BPF_LEN, 0, 0, 0},
        {BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0},  // nothing behind the header
        {BPF_RET | BPF_K, 0, 0, UINT32_MAX},   // keep all of it
        {BPF_RET | BPF_K, 0, 0, 0},            // drop it
    }};
    const sock_fprog filter{program.size(), program.data()};
    ::setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

void stream::release_incoming() const {
    const int none = 0;
    ::setsockopt(fd_, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
}

bool stream::write(std::string_view bytes) {
    const auto until = std::chrono::steady_clock::now() + write_patience;
    while (!bytes.empty()) {
        short wanted = POLLOUT;
        std::size_t written = 0;
        if (tls_ != nullptr) {
            got failure = got::reset;
            const int count = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
            written = count > 0 ? static_cast<std::size_t>(count) : 0;
            wanted = count > 0 ? short{POLLOUT} : tls_wants(count, failure);
        } else {
            const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            written = count > 0 ? static_cast<std::size_t>(count) : 0;
            wanted = count >= 0 || errno == EAGAIN || errno == EINTR ? POLLOUT : 0;
        }
        bytes.remove_prefix(written);
        if (wanted == 0 || (written == 0 && wait_for(wanted, -1, until) != ready::yes)) {
            return false;
        }
    }
    return true;
}

void stream::finish(bool notify) {
    if (tls_ != nullptr && notify) {
        SSL_shutdown(tls_);
        ERR_clear_error();
    }
    ::shutdown(fd_, SHUT_WR);
}

std::size_t stream::linger(moment until) {
    std::size_t taken = 0;
    std::array<char, 16384> chunk;
    for (;;) {
        const auto count = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
        if (count > 0) {
            taken += static_cast<std::size_t>(count);
        } else if (count == 0 || (errno != EAGAIN && errno != EINTR) ||
                   wait_for(POLLIN, -1, until) != ready::yes) {
            return taken;
        }
    }
}

void stream::reset() {
    // What is not on its way yet would be thrown away. To wait for its acknowledgement would
    // be wrong: that may come with the next request only.
    const auto until = std::chrono::steady_clock::now() + write_patience;
    int unsent = 0;
    while (::ioctl(fd_, SIOCOUTQNSD, &unsent) == 0 && unsent > 0 &&
           std::chrono::steady_clock::now() < until) {
        wait_for(0, -1, std::chrono::steady_clock::now() + std::chrono::milliseconds(1));
    }
    const struct ::linger at_once { 1, 0 };
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void stream::close() {
    if (tls_ != nullptr) {
        SSL_free(tls_);
        tls_ = nullptr;
    }
    if (fd_ >= 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

bool stream::speaks_h2() const {
    if (tls_ == nullptr) {
        return false;
    }
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(tls_, &name, &size);
    return std::string_view(reinterpret_cast<const char*>(name), size) == "h2";
}

}  // namespace faulty
