#include "sys/socket/shared_listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/socket/reuseport.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::sys {
namespace {

[[noreturn]] void fail(const listener_address& at, const char* what, int error) {
    throw listener_error(error, at.text() + ": " + what + ": " + error_text(error));
}

[[noreturn]] void fail_to_bind(const listener_address& at, int error) {
    switch (error) {
        case EADDRINUSE:
            throw listener_error(error, at.text() + " is taken already" + who_listens(at) +
                                            "; stop that program, or choose another address");
        case EACCES:
            throw listener_error(
                error,
                at.text() + (at.is_unix ? ": its folder may not be written to; choose another path"
                                        : ": a port below 1024 needs the right to it (root, "
                                          "CAP_NET_BIND_SERVICE)"));
        case EADDRNOTAVAIL:
            throw listener_error(error,
                                 at.text() + ": this host has no such address; see `ip address`");
        case EAFNOSUPPORT:
            throw listener_error(error, at.text() + ": this host has no IPv6; write 0.0.0.0");
        case ENOENT:
            throw listener_error(error, at.text() + ": its folder is not there; make it first");
        default:
            fail(at, "cannot bind", error);
    }
}

void set_to(int fd, int level, int option, int value) noexcept {
    ::setsockopt(fd, level, option, &value, sizeof value);
}

void set_on(int fd, int level, int option) noexcept { set_to(fd, level, option, 1); }

bool is_socket(const std::string& path) noexcept {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode);
}

/// Whether somebody accepts connections at the path of a unix socket.
bool is_answered(const listener_address& at) noexcept {
    const unique_fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // EAGAIN: somebody listens, and the queue is full. EPROTOTYPE: a socket of another kind.
    return probe && (::connect(probe.get(), at.get(), at.size) == 0 || errno == EAGAIN ||
                     errno == EPROTOTYPE);
}

/// Of a unix socket: it refuses connections for good then.
bool was_shut_down(int fd) noexcept {
    pollfd asked{fd, POLLRDHUP, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLRDHUP | POLLHUP)) != 0;
}

}  // namespace

shared_listener::shared_listener(const terms& what)
    : terms_(what), address_(listener_address::parse(what.address)), steered_(what.slot) {
    if (address_.is_unix) {
        struct stat facts {};
        if (::lstat(address_.path.c_str(), &facts) == 0) {
            if (!S_ISSOCK(facts.st_mode)) {
                throw listener_error(EEXIST, address_.text() +
                                                 ": there is a file that is no socket; move it "
                                                 "away, or choose another path");
            }
            if (is_answered(address_)) {
                fail_to_bind(address_, EADDRINUSE);
            }
        }
    } else {
        if (address_.port() == 0) {
            // A port that the kernel chose belongs to the socket only while it listens; one
            // that was named stays with a socket that was shut down, so that it can listen
            // again. So it is chosen by one socket and named by those that stay.
            const unique_fd chooser = bind_tcp(address_);
            sockaddr_storage bound{};
            socklen_t size = sizeof bound;
            ::getsockname(chooser.get(), reinterpret_cast<sockaddr*>(&bound), &size);
            address_.storage = bound;
            make(steered_);
            return;
        }
        // With SO_REUSEPORT a second keeper of the same user would join the group in silence.
        if (const auto who = who_listens(address_); !who.empty()) {
            try_address(terms_);
        }
    }
    make(steered_);
}

void shared_listener::try_address(const terms& what) {
    const auto at = listener_address::parse(what.address);
    const unique_fd probe(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    set_on(probe.get(), SOL_SOCKET, SO_REUSEADDR);
    if (at.family() == AF_INET6) {
        set_to(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, what.is_only_ip6 ? 1 : 0);
    }
    if (probe && ::bind(probe.get(), at.get(), at.size) != 0) {
        fail_to_bind(at, errno);
    }
}

shared_listener::shared_listener(const terms& what, kept from)
    : terms_(what),
      address_(listener_address::parse(what.address)),
      sockets_(std::move(from.sockets)),
      steered_(from.steered),
      order_(std::move(from.order)) {}

shared_listener::~shared_listener() {
    if (is_ours_ && address_.is_unix && (sockets_[0] || sockets_[1])) {
        ::unlink(address_.path.c_str());
        for (int slot = 0; slot < slots; ++slot) {
            ::unlink(slot_path(slot).c_str());
        }
    }
}

unique_fd shared_listener::bind_tcp(const listener_address& to) const {
    unique_fd made(::socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!made) {
        fail_to_bind(to, errno);
    }
    set_on(made.get(), SOL_SOCKET, SO_REUSEADDR);
    set_on(made.get(), SOL_SOCKET, SO_REUSEPORT);
    if (to.family() == AF_INET6) {
        // [::] takes IPv4 too or not as is wanted, whatever net.ipv6.bindv6only says.
        set_to(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, terms_.is_only_ip6 ? 1 : 0);
    }
    if (::bind(made.get(), to.get(), to.size) != 0) {
        fail_to_bind(to, errno);
    }
    return made;
}

std::string shared_listener::slot_path(int slot) const {
    const auto slash = address_.path.rfind('/') + 1;
    return address_.path.substr(0, slash) + "." + address_.path.substr(slash) + ".slot" +
           std::to_string(slot);
}

void shared_listener::bind_unix(int slot) {
    const std::string name = slot_path(slot);
    if (is_socket(name)) {
        ::unlink(name.c_str());
    }
    unique_fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage at{};
    const socklen_t size = unix_address(name, at);
    // The mode is right from the beginning: bind(2) makes the file with fchmod(2)'s.
    if (!made || ::fchmod(made.get(), terms_.mode) != 0 ||
        ::bind(made.get(), reinterpret_cast<const sockaddr*>(&at), size) != 0) {
        fail_to_bind(address_, errno);
    }
    ::chmod(name.c_str(), terms_.mode);  // without the umask
    if (::listen(made.get(), terms_.backlog) != 0) {
        fail(address_, "cannot listen", errno);
    }
    sockets_[static_cast<std::size_t>(slot)] = std::move(made);
}

void shared_listener::make(int slot) {
    if (address_.is_unix) {
        bind_unix(slot);
        if (slot == steered_) {
            point_path_at(slot);
        }
        return;
    }
    sockets_[static_cast<std::size_t>(slot)] = bind_tcp(address_);
    listen_again(slot);
}

/// Puts a slot of TCP (back) into the group.
void shared_listener::listen_again(int slot) {
    refresh_order();
    // First the program that is right for the group as it will be: a socket that comes is the
    // last one.
    order_.push_back(slot);
    const int holder = at(steered_) ? steered_ : slot;
    if (const int error = steer_group(fd(holder), place_of(holder)); error != 0) {
        order_.pop_back();
        fail(address_, "cannot steer (SO_ATTACH_REUSEPORT_CBPF)", error);
    }
    if (::listen(fd(slot), terms_.backlog) != 0) {
        const int error = errno;
        order_.pop_back();
        fail(address_, "cannot listen", error);
    }
    // A group that had lost all its sockets is a new one, without the program.
    if (const int error = steer_group(fd(holder), place_of(holder)); error != 0) {
        fail(address_, "cannot steer (SO_ATTACH_REUSEPORT_CBPF)", error);
    }
}

void shared_listener::refresh_order() noexcept {
    std::erase_if(order_, [&](int slot) { return !at(slot) || !is_listening(fd(slot)); });
    // One that a program has made listen again is the last.
    for (int slot = 0; slot < slots; ++slot) {
        if (at(slot) && std::ranges::find(order_, slot) == order_.end() && is_listening(fd(slot))) {
            order_.push_back(slot);
        }
    }
}

void shared_listener::settle() noexcept {
    if (!address_.is_unix && at(steered_)) {
        refresh_order();
        steer_group(fd(steered_), place_of(steered_));
    }
}

unsigned shared_listener::place_of(int slot) const noexcept {
    const auto found = std::ranges::find(order_, slot);
    return found == order_.end() ? 0U : static_cast<unsigned>(found - order_.begin());
}

void shared_listener::prepare(int slot) {
    if (!at(slot)) {
        make(slot);
        return;
    }
    ::fcntl(fd(slot), F_SETFL, ::fcntl(fd(slot), F_GETFL) & ~O_NONBLOCK);
    const int none = 0;
    ::setsockopt(fd(slot), SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
    if (address_.is_unix) {
        // A unix socket that was shut down never listens again: it is made anew.
        if (::listen(fd(slot), terms_.backlog) != 0 || was_shut_down(fd(slot))) {
            make(slot);
        }
    } else if (!is_listening(fd(slot))) {
        listen_again(slot);
    } else {
        ::listen(fd(slot), terms_.backlog);
    }
}

void shared_listener::point_path_at(int slot) {
    const std::string link = address_.path + ".new" + std::to_string(slot);
    ::unlink(link.c_str());
    if (::link(slot_path(slot).c_str(), link.c_str()) != 0 ||
        ::rename(link.c_str(), address_.path.c_str()) != 0) {
        const int error = errno;
        ::unlink(link.c_str());
        fail(address_, "cannot move the path to another socket", error);
    }
    ::unlink(link.c_str());  // rename(2) leaves it where both are the same file already
}

void shared_listener::steer(int slot) {
    if (!at(slot)) {
        make(slot);
    }
    if (address_.is_unix) {
        point_path_at(slot);
        steered_at_ = boottime_now();
        steered_ = slot;
        return;
    }
    refresh_order();
    if (!is_listening(fd(slot))) {
        listen_again(slot);
    }
    if (const int error = steer_group(fd(slot), place_of(slot)); error != 0) {
        fail(address_, "cannot steer (SO_ATTACH_REUSEPORT_CBPF)", error);
    }
    // The list below takes milliseconds where there are many connections, and moves nothing.
    steered_at_ = boottime_now();
    if (steered_ != slot) {
        steered_ = slot;
        under_way_ = handshakes();
    }
}

std::string shared_listener::let_through(std::uint16_t from, int slot) {
    if (address_.is_unix) {
        return "unix:" + slot_path(slot);
    }
    refresh_order();
    const int error = steer_group_but(fd(steered_), place_of(steered_), from, place_of(slot));
    if (error != 0) {
        fail(address_, "cannot steer (SO_ATTACH_REUSEPORT_CBPF)", error);
    }
    return address();
}

std::vector<shared_listener::handshake> shared_listener::handshakes() {
    std::vector<handshake> found;
    inet_diag ask;
    const auto take = [&](const tcp_line& line) { found.push_back({line.peer, line.peer_port}); };
    // One that comes from an IPv4 address is listed as such, whatever the listener is.
    ask.list(AF_INET, address_.port(), tcp_states::handshake, take);
    ask.list(AF_INET6, address_.port(), tcp_states::handshake, take);
    return found;
}

shared_listener::queue shared_listener::look(int slot) {
    queue found;
    if (!at(slot)) {
        return found;
    }
    const auto length = address_.is_unix ? unix_queue(fd(slot)) : tcp_queue(fd(slot));
    found.is_known = length.is_known;
    found.waiting = length.waiting;
    found.backlog = length.room;
    if (!address_.is_unix && slot != steered_ && !under_way_.empty()) {
        const auto now = handshakes();
        std::erase_if(under_way_, [&](const handshake& one) {
            return std::ranges::find(now, one) == now.end();
        });
        found.handshakes = static_cast<std::uint32_t>(under_way_.size());
    }
    return found;
}

int shared_listener::migrate(int slot) noexcept {
    if (address_.is_unix || slot == steered_ || !at(slot) || !at(steered_) ||
        !is_listening(fd(slot)) || !is_listening(fd(steered_))) {
        return EOPNOTSUPP;
    }
    refresh_order();
    if (const int error = let_group_migrate(fd(steered_)); error != 0) {
        return error;
    }
    // Who is let in between goes to any slot; what came to this one is moved with the rest.
    ::shutdown(fd(slot), SHUT_RDWR);
    refresh_order();
    const int error = steer_group(fd(steered_), place_of(steered_));
    try {
        listen_again(slot);
    } catch (const listener_error&) {
        sockets_[static_cast<std::size_t>(slot)].reset();  // made anew when it is needed
    }
    return error;
}

}  // namespace lastcall::sys
