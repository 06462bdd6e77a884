#include "adapters/redis/sys_socket.hpp"
#include "sys/unique_name.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

namespace lastcall::redis {

namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

io wait_for(int fd, short events, time_point until, int cut_fd) noexcept {
    using namespace std::chrono;
    for (;;) {
        std::array<pollfd, 2> set{pollfd{fd, events, 0}, pollfd{cut_fd, POLLIN, 0}};
        const auto left = ceil<milliseconds>(until - steady_clock::now()).count();
        const int limit = static_cast<int>(std::clamp<long long>(left, 0, 1'000'000));
        const int ready = ::poll(set.data(), set.size(), limit);
        if (ready < 0 && errno != EINTR) {
            return io::failed;
        }
        // EINTR: a signal is no reason to give up a command; `until` is absolute, so
        // waiting again does not make the wait longer.
        if (ready > 0) {
            return set[1].revents != 0 ? io::cut : io::done;
        }
        if (ready == 0 && steady_clock::now() >= until) {
            return io::timeout;
        }
    }
}

/// A connect that was interrupted goes on in the kernel, exactly as one that returned
/// EINPROGRESS; calling it again would answer EALREADY (connect(2), ERRORS).
io connect_one(int fd, const sockaddr* to, socklen_t length, time_point until, int cut_fd) {
    if (::connect(fd, to, length) == 0) {
        return io::done;
    }
    if (errno != EINPROGRESS && errno != EINTR) {
        return io::failed;
    }
    if (const io waited = wait_for(fd, POLLOUT, until, cut_fd); waited != io::done) {
        return waited;
    }
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error == 0) {
        return error == 0 ? io::done : io::failed;
    }
    errno = error;
    return io::failed;
}

connected attempt(int family, const sockaddr* to, socklen_t length, time_point until, int cut_fd) {
    connected result;
    result.fd.reset(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!result.fd) {
        result.error = error_text(errno);
        return result;
    }
    if (family != AF_UNIX) {
        const int on = 1;
        // Commands are small and each is waited for; a peer that vanished is noticed
        // while its connection is idle. Both are refinements: a refusal changes nothing.
        ::setsockopt(result.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(result.fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    result.outcome = connect_one(result.fd.get(), to, length, until, cut_fd);
    if (result.outcome != io::done) {
        result.error = result.outcome == io::timeout ? "no answer in time"
                       : result.outcome == io::cut   ? "cut"
                                                     : error_text(errno);
        result.fd.reset();
    }
    return result;
}

connected connect_unix(const endpoint& to, time_point until, int cut_fd) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (to.path.size() >= sizeof address.sun_path) {
        connected result;
        result.error = error_text(ENAMETOOLONG);
        return result;
    }
    std::memcpy(address.sun_path, to.path.data(), to.path.size());
    return attempt(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, until,
                   cut_fd);
}

}  // namespace

connected connect_to(const endpoint& to, time_point until, int cut_fd) {
    if (!to.path.empty()) {
        return connect_unix(to, until, cut_fd);
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int code =
        ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found);
    connected last;
    if (code != 0) {
        last.error = code == EAI_SYSTEM ? error_text(errno) : ::gai_strerror(code);
        return last;
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        last = attempt(one->ai_family, one->ai_addr, one->ai_addrlen, until, cut_fd);
        if (last.outcome == io::done || last.outcome == io::cut) {
            break;
        }
    }
    return last;
}

io send_all(int fd, std::string_view bytes, time_point until, int cut_fd) noexcept {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (const io waited = wait_for(fd, POLLOUT, until, cut_fd); waited != io::done) {
                return waited;
            }
        } else if (errno != EINTR) {  // EINTR: nothing was sent yet; go on
            return errno == EPIPE || errno == ECONNRESET ? io::closed : io::failed;
        }
    }
    return io::done;
}

io receive(int fd, std::span<char> into, std::size_t& received, time_point until,
           int cut_fd) noexcept {
    for (;;) {
        // The wait comes first, so that a cut is noticed although replies keep coming.
        if (const io waited = wait_for(fd, POLLIN, until, cut_fd); waited != io::done) {
            return waited;
        }
        const ssize_t got = ::recv(fd, into.data(), into.size(), 0);
        if (got > 0) {
            received = static_cast<std::size_t>(got);
            return io::done;
        }
        if (got == 0) {
            return io::closed;
        }
        if (errno != EINTR && errno != EAGAIN) {  // both: nothing was read; wait again
            return errno == ECONNRESET ? io::closed : io::failed;
        }
    }
}

bool is_quiet(int fd) noexcept {
    pollfd one{fd, POLLIN | POLLRDHUP, 0};
    int ready = 0;
    do {
        ready = ::poll(&one, 1, 0);
    } while (ready < 0 && errno == EINTR);  // a look that was interrupted is repeated
    return ready == 0;
}

void shut(sys::unique_fd& fd) noexcept {
    if (fd) {
        ::shutdown(fd.get(), SHUT_RDWR);  // ENOTCONN: the server was first
        fd.reset();
    }
}

std::string instance_name() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) {
        host[0] = '\0';  // part of the name for readers only
    }
    return std::string(host.data()) + "." + std::to_string(::getpid()) + "." + sys::random_digits();
}

}  // namespace lastcall::redis
