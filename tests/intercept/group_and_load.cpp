#include "intercept/group_and_load.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "sys/intercept/listen_address.hpp"

namespace lastcall::testing {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct ip_address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

ip_address address_of(const std::string& host, std::uint16_t port) {
    ip_address made;
    if (host.find(':') != std::string::npos) {
        auto* const to = reinterpret_cast<sockaddr_in6*>(&made.storage);
        to->sin6_family = AF_INET6;
        to->sin6_port = htons(port);
        ::inet_pton(AF_INET6, host.c_str(), &to->sin6_addr);
        made.size = sizeof *to;
    } else {
        auto* const to = reinterpret_cast<sockaddr_in*>(&made.storage);
        to->sin_family = AF_INET;
        to->sin_port = htons(port);
        ::inet_pton(AF_INET, host.c_str(), &to->sin_addr);
        made.size = sizeof *to;
    }
    return made;
}

reply ask(int fd, const sockaddr* to, socklen_t size) {
    const timeval patience{20, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd, to, size) != 0) {
        return {false, errno == ECONNREFUSED ? "refused" : std::strerror(errno)};
    }
    constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
        return {false, "reset"};
    }
    std::string text;
    char part[4096];
    ssize_t got = 0;
    while ((got = ::recv(fd, part, sizeof part, 0)) > 0) {
        text.append(part, static_cast<std::size_t>(got));
    }
    if (got < 0) {
        return {false, errno == EAGAIN ? "timeout" : "reset"};
    }
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos || text.find(" 200 ") > 16) {
        return {false, text.empty() ? "cut" : "answered: " + text};
    }
    std::string body = text.substr(head + 4);
    if (text.find("chunked") < head) {
        const std::size_t start = body.find("\r\n");
        body = body.substr(start + 2, body.find("\r\n", start + 2) - start - 2);
    }
    return {true, body};
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + ceiling;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

steered_group::steered_group(std::string host, bool is_only_ip6, std::uint16_t port)
    : host_(std::move(host)), is_only_ip6_(is_only_ip6), port_(port) {}

int steered_group::open() {
    const ip_address address = address_of(host_, port_);
    sys::unique_fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    const int only = is_only_ip6_ ? 1 : 0;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (address.storage.ss_family == AF_INET6) {
        ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    }
    if (::bind(fd.get(), address.get(), address.size) != 0 || ::listen(fd.get(), 1024) != 0) {
        fail("a socket for a test");
    }
    const auto bound = sys::address_of_socket(fd.get());
    port_ = bound->port;
    sockets_.push_back(std::move(fd));
    return sockets_.back().get();
}

void steered_group::steer(std::uint32_t index) {
    sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, index}};
    const sock_fprog program{1, code};
    if (::setsockopt(sockets_.front().get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                     sizeof program) != 0) {
        fail("SO_ATTACH_REUSEPORT_CBPF");
    }
}

std::uint64_t inode_of(int fd) {
    struct stat facts {};
    return ::fstat(fd, &facts) == 0 ? facts.st_ino : 0;
}

namespace {
tcp_info info_of(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}
}  // namespace

bool is_listening(int fd) { return info_of(fd).tcpi_state == TCP_LISTEN; }
int accept_queue(int fd) { return static_cast<int>(info_of(fd).tcpi_unacked); }
int backlog(int fd) { return static_cast<int>(info_of(fd).tcpi_sacked); }

reply get(const std::string& host, std::uint16_t port) {
    const ip_address to = address_of(host, port);
    const sys::unique_fd fd(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return ask(fd.get(), to.get(), to.size);
}

reply get_unix(const std::string& path) {
    const sys::unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    return ask(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

load::load(std::function<reply()> ask) : ask_(std::move(ask)) {
    for (std::size_t i = 0; i < clients; ++i) {
        threads_.emplace_back([this, i] {
            while (!is_over_) {
                const reply got = ask_();
                if (!got.is_answered) {
                    const std::lock_guard lock(mutex_);
                    failures_.push_back(got.text);
                }
                done_[i].fetch_add(1);
            }
        });
    }
}

bool load::wait_for_more(std::uint64_t count) {
    std::array<std::uint64_t, clients> goal{};
    for (std::size_t i = 0; i < clients; ++i) {
        goal[i] = done_[i] + count;
    }
    return eventually([&] {
        for (std::size_t i = 0; i < clients; ++i) {
            if (done_[i] < goal[i]) {
                return false;
            }
        }
        return true;
    });
}

load::result load::stop() {
    is_over_ = true;
    for (std::thread& each : threads_) {
        if (each.joinable()) {
            each.join();
        }
    }
    std::uint64_t all = 0;
    for (const auto& each : done_) {
        all += each;
    }
    return {all - failures_.size(), failures_};
}

}  // namespace lastcall::testing
