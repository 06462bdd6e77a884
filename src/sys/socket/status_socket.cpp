#include "sys/socket/status_socket.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "sys/process/thread.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::sys {
namespace {

constexpr std::uint64_t listener_tag = ~std::uint64_t{0};
constexpr int backlog = 16;
constexpr int admitted_at_once = 2 * backlog;

std::atomic<status_socket*> open_one{nullptr};

void check(bool good, const char* what) {
    if (!good) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

bool may_ask(int client) noexcept {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == ::geteuid());
}

// Edge-triggered: what cannot be accepted or has not asked must not wake the thread again.
bool watch(int events, int fd, std::uint64_t tag) noexcept {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = tag;
    return ::epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

status_socket::status_socket(answerer answer)
    : answer_(std::move(answer)),
      listener_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    check(static_cast<bool>(listener_), "socket");
    const std::string name = "lastcall/" + std::to_string(::getpid()) + "/" + random_digits();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    // The length counts: an abstract name ends where the address does (unix(7)).
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    check(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
    check(::listen(listener_.get(), backlog) == 0, "listen");
    events_.reset(::epoll_create1(EPOLL_CLOEXEC));
    check(static_cast<bool>(events_), "epoll_create1");
    check(watch(events_.get(), listener_.get(), listener_tag), "epoll_ctl");
    spare_.reset(::fcntl(events_.get(), F_DUPFD_CLOEXEC, 0));
    static const bool child_handler = [] {
        call_in_forked_child([] {
            if (status_socket* open = open_one.exchange(nullptr)) {
                open->forget_in_child();
            }
        });
        return true;
    }();
    static_cast<void>(child_handler);
    open_one.store(this);
}

status_socket::~status_socket() {
    status_socket* self = this;
    open_one.compare_exchange_strong(self, nullptr);
}

void status_socket::serve() noexcept {
    std::array<epoll_event, waiting_clients + 1> ready{};
    const int n = ::epoll_wait(events_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    // EINTR is not possible without a wait; what is left over makes `fd` readable again.
    for (int i = 0; i < n; ++i) {
        const std::uint64_t tag = ready[static_cast<std::size_t>(i)].data.u64;
        if (tag == listener_tag) {
            admit();
        } else {
            attend(static_cast<std::size_t>(tag));
        }
    }
}

void status_socket::admit() noexcept {
    for (int i = 0; i < admitted_at_once; ++i) {
        unique_fd client = accept_one();
        if (!client) {
            break;
        }
        if (!may_ask(client.get())) {
            continue;
        }
        const std::size_t slot = free_or_oldest();
        clients_[slot].fd = std::move(client);
        clients_[slot].number = ++admitted_;
        attend(slot);
        const unique_fd& waits = clients_[slot].fd;
        if (waits && !watch(events_.get(), waits.get(), slot)) {
            clients_[slot].fd.reset();
        }
    }
    if (!spare_) {
        spare_.reset(::fcntl(events_.get(), F_DUPFD_CLOEXEC, 0));
    }
}

std::size_t status_socket::free_or_oldest() const noexcept {
    std::size_t best = 0;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        if (!clients_[i].fd) {
            return i;
        }
        best = clients_[i].number < clients_[best].number ? i : best;
    }
    return best;
}

// A process that has run out of descriptors is one that will be asked what it does with
// them; the spare one is for that.
unique_fd status_socket::accept_one() noexcept {
    constexpr int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    unique_fd client(::accept4(listener_.get(), nullptr, nullptr, flags));
    if (!client && (errno == EMFILE || errno == ENFILE) && spare_) {
        spare_.reset();
        client.reset(::accept4(listener_.get(), nullptr, nullptr, flags));
    }
    return client;
}

void status_socket::attend(std::size_t slot) noexcept {
    std::array<char, largest_request> request{};
    const unique_fd& client = clients_[slot].fd;
    if (!client) {
        return;
    }
    const ssize_t n = ::recv(client.get(), request.data(), request.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n > 0) {
        const auto answer = answer_({request.data(), static_cast<std::size_t>(n)});
        if (!answer.empty()) {
            // The first packet of a connection always has room; who does not read it loses it.
            ::send(client.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
    }
    clients_[slot].fd.reset();
}

void status_socket::forget_in_child() noexcept {
    for (waiting& one : clients_) {
        one.fd.reset();
    }
    listener_.reset();
    events_.reset();
    spare_.reset();
}

}  // namespace lastcall::sys
