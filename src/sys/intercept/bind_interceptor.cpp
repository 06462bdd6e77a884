#include "sys/intercept/bind_interceptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace lastcall::sys {
namespace {

constexpr std::size_t most_calls_at_once = 64;
constexpr std::size_t most_texts_remembered = 256;
constexpr std::uint64_t listener_tag = ~std::uint64_t{0};

bool is_hung_up(int fd) noexcept {
    pollfd look{fd, 0, 0};
    return ::poll(&look, 1, 0) == 1 && (look.revents & POLLHUP) != 0;
}

bool takes_connections(int fd) noexcept {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0 &&
           !is_hung_up(fd);
}

void watch(int set, int fd, std::uint32_t events, std::uint64_t tag) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    if (::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

}  // namespace

bind_interceptor::bind_interceptor(unique_fd listener, const std::vector<offer>& offers)
    : channel_(std::move(listener)), events_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!events_) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
    watch(events_.get(), channel_.fd(), EPOLLIN, listener_tag);
    for (const offer& each : offers) {
        add(each);
    }
}

void bind_interceptor::add(const offer& one) {
    shared made;
    made.name = one.name;
    made.is_of_port = one.is_of_port;
    made.fd.reset(::fcntl(one.fd, F_DUPFD_CLOEXEC, 0));
    shared& taken = take(std::move(made));
    if (taken.address.kind == listen_address::family::path && !one.path.empty()) {
        taken.address.name = one.path;
    }
}

void bind_interceptor::withdraw(std::uint64_t inode) {
    leave_out([&](const shared& each) { return each.inode == inode; });
}

void bind_interceptor::leave_out(const std::function<bool(const shared&)>& which) {
    std::erase_if(sockets_, [&](const shared& each) {
        if (!which(each)) {
            return false;
        }
        // Others have the same socket: that we close ours would not end the watch, epoll(7).
        ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, each.fd.get(), nullptr);
        return true;
    });
}

bind_interceptor::shared& bind_interceptor::take(shared one) {
    const auto address = address_of_socket(one.fd.get());
    struct stat facts {};
    socklen_t size = sizeof one.type;
    if (!address || ::fstat(one.fd.get(), &facts) != 0 ||
        ::getsockopt(one.fd.get(), SOL_SOCKET, SO_TYPE, &one.type, &size) != 0) {
        throw std::invalid_argument("what is offered as \"" + one.name + "\" is no bound socket");
    }
    one.address = *address;
    one.bound_path = address->name;
    one.inode = facts.st_ino;
    // Without events only EPOLLHUP is told: no connection wakes us.
    watch(events_.get(), one.fd.get(), 0, one.inode);
    leave_out([&](const shared& each) {
        return each.name == one.name && is_same_address(each.address, one.address);
    });
    return sockets_.emplace_back(std::move(one));
}

void bind_interceptor::open_ports(std::vector<port> ports, opener open) {
    ports_ = std::move(ports);
    open_ = std::move(open);
}

std::vector<intercept_event> bind_interceptor::on_readable() {
    look_at_sockets();
    waiting_call call;
    for (std::size_t i = 0; i < most_calls_at_once && !is_over_; ++i) {
        const auto outcome = channel_.next(call);
        if (outcome == notification_channel::outcome::none) {
            break;
        }
        if (outcome == notification_channel::outcome::gone) {
            // Left in the set, POLLHUP would be told for ever.
            ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, channel_.fd(), nullptr);
            is_over_ = true;
            news_.push_back({what::ended, "", "", 0});
            break;
        }
        try {
            handle(call);
        } catch (const std::exception& e) {
            // Out of descriptors or memory, or thrown by the opener. Somebody waits for us.
            refuse(call, calling_thread(call.thread), "", e.what());
        }
    }
    return std::exchange(news_, {});
}

void bind_interceptor::look_at_sockets() {
    for (shared& each : sockets_) {
        // ENOENT: it was told already.
        if (is_hung_up(each.fd.get()) &&
            ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, each.fd.get(), nullptr) == 0) {
            news_.push_back({what::shut_down, each.name, each.address.text(), 0});
        }
    }
}

void bind_interceptor::handle(const waiting_call& call) {
    switch (call.number) {
        case SYS_bind:
            return on_bind(call);
        case SYS_listen:
            return on_listen(call);
        case SYS_setsockopt:
            return on_group_option(call);
        case SYS_io_uring_setup:
            return on_ring(call);
#if defined(SYS_unlink)
        case SYS_unlink:
            return on_remove(call, AT_FDCWD, call.arguments[0]);
#endif
        case SYS_unlinkat:
            return on_remove(call, call.as_int(0), call.arguments[1]);
#if defined(SYS_rename)
        case SYS_rename:
#endif
        case SYS_renameat:
        case SYS_renameat2:
            return on_rename(call);
        default:
            channel_.pass(call.id);
    }
}

void bind_interceptor::on_listen(const waiting_call& call) {
    const calling_thread caller(call.thread);
    shared* const ours = socket_with(caller.inode_of(call.as_int(0)));
    if (ours == nullptr) {
        channel_.pass(call.id);
        return;
    }
    // Its backlog would become that of all: listen(2) of a socket that listens changes it.
    if (!takes_connections(ours->fd.get())) {
        if (::listen(ours->fd.get(), SOMAXCONN) != 0 || !takes_connections(ours->fd.get())) {
            refuse(call, caller, ours->name,
                   ours->address.text() + " was shut down and can not listen again");
            return;
        }
        ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, ours->fd.get(), nullptr);
        watch(events_.get(), ours->fd.get(), 0, ours->inode);
        tell(what::revived, *ours, caller);
    }
    channel_.answer(call.id, 0);
    tell(what::listening, *ours, caller);
}

void bind_interceptor::on_group_option(const waiting_call& call) {
    const calling_thread caller(call.thread);
    const shared* const ours = socket_with(caller.inode_of(call.as_int(0)));
    if (ours == nullptr) {
        channel_.pass(call.id);
        return;
    }
    channel_.answer(call.id, 0);
    tell_problem(ours->name,
                 caller.text() + " chooses among its sockets of " + ours->address.text() +
                     " by a BPF program (SO_ATTACH_REUSEPORT_CBPF or _EBPF); it is not used, the "
                     "choice among generations is made there",
                 caller.process());
}

void bind_interceptor::on_ring(const waiting_call& call) {
    channel_.pass(call.id);
    const calling_thread caller(call.thread);
    std::string text = caller.text() +
                       " uses io_uring; a bind through a ring can not be intercepted (Linux 6.11 "
                       "and later)";
    if (told_.insert(text).second) {
        news_.push_back({what::ring, "", std::move(text), caller.process()});
    }
}

bind_interceptor::shared* bind_interceptor::socket_with(std::uint64_t inode) noexcept {
    for (shared& each : sockets_) {
        if (inode != 0 && each.inode == inode) {
            return &each;
        }
    }
    return nullptr;
}

void bind_interceptor::tell(what kind, const shared& about, const calling_thread& who) {
    news_.push_back({kind, about.name, about.address.text(), who.process()});
}

void bind_interceptor::tell_problem(std::string_view socket, std::string text, int process) {
    if (told_.size() < most_texts_remembered && told_.insert(text).second) {
        news_.push_back({what::problem, std::string(socket), std::move(text), process});
    }
}

void bind_interceptor::refuse(const waiting_call& call, const calling_thread& caller,
                              std::string_view socket, const std::string& why) {
    // Never passed: with SO_REUSEPORT its socket would join the group uninvited, and be chosen
    // in the place of a generation.
    channel_.answer(call.id, EADDRINUSE);
    tell_problem(socket, caller.text() + ": " + why, caller.process());
}

}  // namespace lastcall::sys
