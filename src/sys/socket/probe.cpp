#include "sys/socket/probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lastcall::sys {

bool file_exists(const char* path) noexcept {
    struct stat status {};
    return ::stat(path, &status) == 0;
}

bool to_probe_address(std::string_view host, bool is_v6, std::uint16_t port,
                      probe_address& into) noexcept {
    std::array<char, 64> text{};
    if (host.empty() || host.size() >= text.size()) {
        return false;
    }
    std::memcpy(text.data(), host.data(), host.size());
    if (is_v6) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        into.size = sizeof address;
        const bool good = ::inet_pton(AF_INET6, text.data(), &address.sin6_addr) == 1;
        static_assert(sizeof address <= sizeof into.bytes);
        std::memcpy(into.bytes.data(), &address, sizeof address);
        return good;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    into.size = sizeof address;
    const bool good = ::inet_pton(AF_INET, text.data(), &address.sin_addr) == 1;
    std::memcpy(into.bytes.data(), &address, sizeof address);
    return good;
}

bool is_connected_to_itself(int fd) noexcept {
    sockaddr_storage self{};
    sockaddr_storage peer{};
    socklen_t self_size = sizeof self;
    socklen_t peer_size = sizeof peer;
    return ::getsockname(fd, reinterpret_cast<sockaddr*>(&self), &self_size) == 0 &&
           ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0 &&
           self_size == peer_size && std::memcmp(&self, &peer, self_size) == 0;
}

int probe_socket::open() noexcept {
    epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    return epoll_ ? 0 : errno;
}

void probe_socket::hang_up() noexcept {
    if (socket_) {
        // Not left to close(2): a child between fork and exec may hold a copy, and then
        // the closed socket would go on reporting.
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket_.get(), nullptr);
        socket_.reset();
    }
}

void probe_socket::close() noexcept {
    hang_up();
    epoll_.reset();
}

probe_socket::progress probe_socket::fail(int error) noexcept {
    error_ = error;
    hang_up();
    return progress::failed;
}

bool probe_socket::watch(unsigned events, bool is_new) noexcept {
    epoll_event event{};
    event.events = events;
    return ::epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket_.get(),
                       &event) == 0;
}

probe_socket::progress probe_socket::begin_connect(const probe_address& to) noexcept {
    hang_up();
    sockaddr_storage address{};
    std::memcpy(&address, to.bytes.data(), to.size);
    socket_.reset(
        ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!socket_) {
        return fail(errno);
    }
    const int result =
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), to.size);
    const int error = result == 0 ? 0 : errno;
    // EINTR: connect(2) goes on by itself, as after EINPROGRESS.
    if (error != 0 && error != EINPROGRESS && error != EINTR) {
        return fail(error);
    }
    if (!watch(EPOLLOUT, true)) {
        return fail(errno);
    }
    return error == 0 ? connect_result() : progress::pending;
}

probe_socket::progress probe_socket::connect_result() noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        return fail(error != 0 ? error : errno);
    }
    sockaddr_storage peer{};
    size = sizeof peer;
    if (::getpeername(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
        return progress::pending;  // ENOTCONN: woken too early
    }
    if (is_connected_to_itself(socket_.get())) {
        // Reset: what a proper end leaves behind would keep the service from binding.
        const linger reset{1, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        return fail(ECONNREFUSED);
    }
    return progress::done;
}

probe_socket::transfer probe_socket::send(std::string_view text) noexcept {
    const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
        return {progress::done, static_cast<std::size_t>(sent)};
    }
    const bool later = errno == EAGAIN || errno == EINTR;
    return {later ? progress::pending : fail(errno)};
}

void probe_socket::expect_answer() noexcept { watch(EPOLLIN, false); }

probe_socket::transfer probe_socket::receive(std::span<char> into) noexcept {
    const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (got > 0) {
        return {progress::done, static_cast<std::size_t>(got)};
    }
    const bool later = got < 0 && (errno == EAGAIN || errno == EINTR);
    return {later ? progress::pending : fail(got == 0 ? ECONNRESET : errno)};
}

std::string_view probe_socket::failure() const noexcept {
    switch (error_) {
        case ECONNREFUSED:
            return "connection refused";
        case ECONNRESET:
        case EPIPE:
            return "connection closed without an answer";
        case ETIMEDOUT:
            return "no answer";
        case ENETUNREACH:
        case EHOSTUNREACH:
        case EADDRNOTAVAIL:
            return "address not reachable";
        case EAFNOSUPPORT:
            return "this machine has no such addresses";
        case EMFILE:
        case ENFILE:
            return "too many open files";
        case EACCES:
        case EPERM:
            return "not permitted";
        default:
            return "connecting failed";
    }
}

}  // namespace lastcall::sys
