// bind(2) of a program: whose address it is, and what it gets.
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sys/error_text.hpp"
#include "sys/intercept/bind_interceptor.hpp"
#include "sys/intercept/epoll_watches.hpp"
#include "sys/intercept/socket_options.hpp"

namespace lastcall::sys {
namespace {

using family = listen_address::family;
using action = bind_verdict::action;

std::string error_in_brackets(int error) { return std::string(" (") + error_text(error) + ")"; }

/// Why this socket can not be replaced; empty when it can.
std::string obstacle(const socket_facts& facts, const std::vector<epoll_watch>& watches) {
    const std::string stays = facts.copy ? options_that_stay_behind(facts.copy.get()) : "";
    if (!stays.empty()) {
        return "has set " + stays + " on its socket, which the service's socket can not take over";
    }
    const bool can_move = std::all_of(watches.begin(), watches.end(),
                                      [](const epoll_watch& each) { return bool(each.copy); });
    return can_move ? ""
                    : "has its socket in an epoll set before it binds (as Boost.Asio does), and "
                      "the sandbox forbids the keeper to put the service's socket there; give "
                      "the keeper CAP_SYS_PTRACE";
}

}  // namespace

bool bind_interceptor::may_concern(const listen_address& wanted) const noexcept {
    const auto is_near = [&](const shared& each) {
        return each.address.is_ip() == wanted.is_ip() &&
               (!wanted.is_ip() || each.address.port == wanted.port);
    };
    const auto is_port = [&](const port& each) {
        return wanted.is_ip() && each.number == wanted.port;
    };
    return std::any_of(sockets_.begin(), sockets_.end(), is_near) ||
           std::any_of(ports_.begin(), ports_.end(), is_port);
}

void bind_interceptor::on_bind(const waiting_call& call) {
    const calling_thread caller(call.thread);
    const int size = call.as_int(2);
    std::array<std::byte, sizeof(sockaddr_storage)> bytes{};
    if (size <= 0 || static_cast<std::size_t>(size) > bytes.size()) {
        channel_.pass(call.id);  // the kernel's EINVAL
        return;
    }
    const auto sockaddr = std::span(bytes).first(static_cast<std::size_t>(size));
    const int error = call.thread == 0 ? ESRCH : caller.read_memory(call.arguments[1], sockaddr);
    if (!channel_.is_waiting(call.id)) {
        return;  // it was killed, or interrupted: then it asks again
    }
    if (error != 0) {
        channel_.pass(call.id);
        if (error != EFAULT) {
            tell_problem("",
                         "the keeper may not read which address " + caller.text() + " binds" +
                             error_in_brackets(error) +
                             ": run both as the same user, or give the keeper CAP_SYS_PTRACE",
                         caller.process());
        }
        return;
    }
    auto wanted = read_listen_address(sockaddr);
    if (!wanted || !may_concern(*wanted)) {
        channel_.pass(call.id);
        return;
    }
    const auto facts = caller.socket(call.as_int(0));
    if (!channel_.is_waiting(call.id)) {
        return;
    }
    if (facts && socket_with(facts->inode) != nullptr && unanswered_ == call.thread) {
        unanswered_ = 0;
        channel_.answer(call.id, 0);
        return;
    }
    if (!facts || socket_with(facts->inode) != nullptr ||
        (wanted->is_ip() && facts->is_ip6 != (wanted->kind == family::ip6))) {
        channel_.pass(call.id);  // the kernel has an error for each of these
        return;
    }
    if (wanted->kind != family::path && !caller.is_in_our_network()) {
        channel_.pass(call.id);  // there, the address is another one
        tell_problem("",
                     caller.text() + " binds " + wanted->text() +
                         " in a network namespace of its own: it is left alone, and nobody "
                         "outside reaches it there; start the keeper in that namespace",
                     caller.process());
        return;
    }
    wanted->is_only_ip6 = facts->is_only_ip6.value_or(false);
    const bind_verdict verdict = judge(caller, *wanted, *facts);
    switch (verdict.what) {
        case action::pass:
            channel_.pass(call.id);
            return;
        case action::refuse:
            refuse(call, caller, sockets_[verdict.index].name,
                   "binds " + wanted->text() + ", but " + verdict.why);
            return;
        case action::serve:
            serve(call, caller, sockets_[verdict.index], *facts);
            return;
        case action::open:
            open_for(call, caller, ports_[verdict.index], *wanted, *facts);
            return;
    }
}

bind_verdict bind_interceptor::judge(const calling_thread& caller, const listen_address& wanted,
                                     const socket_facts& facts) const {
    if (wanted.kind == family::path) {
        return judge_path(caller, wanted, facts);
    }
    std::vector<offered_address> sockets;
    for (const shared& each : sockets_) {
        sockets.push_back({each.name, each.address, each.is_of_port});
        if (!facts.is_only_ip6 && wanted.kind == family::ip6) {
            // It could not be asked whether the program wants IPv4 as well: as we have it.
            sockets.back().address.is_only_ip6 = wanted.is_only_ip6;
        }
    }
    std::vector<offered_port> ports;
    for (const port& each : ports_) {
        ports.push_back({each.name, each.number});
    }
    return judge_bind(sockets, ports, wanted, facts.flavour);
}

bind_verdict bind_interceptor::judge_path(const calling_thread& caller,
                                          const listen_address& wanted,
                                          const socket_facts& facts) const {
    const auto theirs = caller.entry(AT_FDCWD, wanted.name);
    for (std::size_t i = 0; i < sockets_.size() && theirs; ++i) {
        const shared& each = sockets_[i];
        if (each.address.kind != family::path || entry_of(each.address.name) != theirs) {
            continue;
        }
        const int type = facts.flavour == socket_flavour::unix_stream    ? SOCK_STREAM
                         : facts.flavour == socket_flavour::unix_packets ? SOCK_SEQPACKET
                                                                         : 0;
        if (type == each.type) {
            return {action::serve, i, {}};
        }
        return {action::refuse, i,
                "its socket is of another type (stream, packets, datagrams) than \"" + each.name +
                    "\""};
    }
    return {};
}

bool bind_interceptor::is_taken(shared& ours, const socket_facts& facts) {
    std::erase_if(ours.holders, [&](const holder& each) {
        return calling_thread(each.process).inode_of(each.fd) != ours.inode;
    });
    const auto is_shared = [](const holder& each) { return each.shares_port; };
    const bool are_all_shared = std::all_of(ours.holders.begin(), ours.holders.end(), is_shared);
    return !ours.holders.empty() && !(are_all_shared && facts.shares_port.value_or(true));
}

void bind_interceptor::prepare(const calling_thread& caller, shared& ours,
                               const socket_facts& facts) {
    copies_descriptors_ = copies_descriptors_ && bool(facts.copy);
    const int flags = ::fcntl(ours.fd.get(), F_GETFL);
    if (!ours.holders.empty()) {
        // The first has set it up. This one may become non-blocking only after its bind, as the
        // first did; but if it is so already, and the first is not, they are at odds.
        if (facts.is_nonblocking && (flags & O_NONBLOCK) == 0) {
            tell_problem(ours.name,
                         caller.text() +
                             ": one process of the program waits in accept, another must not, and "
                             "they share " +
                             ours.address.text() + "; start one process, or let all do the same",
                         caller.process());
        }
        return;
    }
    ::fcntl(ours.fd.get(), F_SETFL,
            facts.is_nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    const std::string failed =
        facts.copy ? carry_options_over(facts.copy.get(), ours.fd.get()) : "";
    if (!failed.empty()) {
        tell_problem(ours.name,
                     caller.text() + ": could not be set on the service's socket: " + failed,
                     caller.process());
    }
}

void bind_interceptor::serve(const waiting_call& call, const calling_thread& caller, shared& ours,
                             const socket_facts& facts) {
    if (is_taken(ours, facts)) {
        channel_.answer(call.id, EADDRINUSE);  // as it would be without us, so no problem
        return;
    }
    const int number = call.as_int(0);
    const std::vector<epoll_watch> watches = watches_of(caller, number);
    if (const std::string why = obstacle(facts, watches); !why.empty()) {
        refuse(call, caller, ours.name, why);
        return;
    }
    prepare(caller, ours, facts);
    int error = channel_.replace(call.id, ours.fd.get(), number, facts.closes_on_exec);
    if (error == ENOENT || error == ESRCH) {
        return;  // it was killed, or interrupted: then it asks again
    }
    for (const epoll_watch& each : watches) {
        error = error != 0 ? error : watch_as(each, ours.fd.get(), number);
    }
    if (error != 0) {
        refuse(call, caller, ours.name,
               ours.address.text() + " could not take the place of its descriptor " +
                   std::to_string(number) + error_in_brackets(error));
        return;
    }
    ours.holders.push_back({caller.process(), number, facts.shares_port.value_or(true)});
    // Not delivered: a signal interrupted the call after its descriptor was replaced.
    unanswered_ = channel_.answer(call.id, 0) ? 0 : call.thread;
    tell(what::bound, ours, caller);
}

void bind_interceptor::open_for(const waiting_call& call, const calling_thread& caller,
                                const port& of, listen_address wanted, const socket_facts& facts) {
    const auto overlaps = [&](const shared& each) {
        return each.is_of_port && do_overlap(each.address, wanted);
    };
    const auto has_ip4 = [&](const shared& each) {
        return each.address.kind == family::ip4 && overlaps(each) && !each.holders.empty();
    };
    // It could not be asked whether the program wants IPv4 as well; it has that already.
    wanted.is_only_ip6 =
        wanted.is_only_ip6 || (!facts.is_only_ip6 && wanted.kind == family::ip6 &&
                               std::any_of(sockets_.begin(), sockets_.end(), has_ip4));
    for (shared& each : sockets_) {
        if (!overlaps(each)) {
            continue;
        }
        if (is_taken(each, facts)) {
            channel_.answer(call.id, EADDRINUSE);  // by its own socket: as it would be without us
            return;
        }
        if (!each.holders.empty()) {
            refuse(call, caller, of.name,
                   "binds " + wanted.text() + " beside " + each.address.text() +
                       " (SO_REUSEPORT): both would get the same connections; bind one of them");
            return;
        }
    }
    leave_out(overlaps);  // what it has tried and closed again
    opened made = open_(of.name, wanted);
    if (!made.fd) {
        refuse(call, caller, of.name, "binds " + wanted.text() + ": " + made.why);
        return;
    }
    shared one;
    one.name = of.name;
    one.fd = std::move(made.fd);
    one.is_of_port = true;
    serve(call, caller, take(std::move(one)), facts);
}

}  // namespace lastcall::sys
