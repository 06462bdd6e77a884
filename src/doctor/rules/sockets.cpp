// A.5: what its sockets hold it up with, or what they lose. Clients are in clients.cpp.
#include <algorithm>
#include <array>

#include "doctor/rules/connections.hpp"
#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

using std::chrono::seconds;

/// Who stops its children in a way of its own may not have told this one.
std::string told_text(const rule_case& one, int pid) {
    const auto* above = one.hop_of(one.of.hop_before(pid));
    return above == nullptr || above->what != verdict::handles || one.hop_of(pid)->is_by_group
               ? "it was told to stop, and still listens on "
               : "pid " + std::to_string(above->pid) +
                     " above it was told to stop, and it still listens on ";
}

/// L41: it still takes new connections.
void judge_listener(const rule_case& one, const seen_process& process, findings& into) {
    constexpr auto usual_announcement = seconds(2);
    if (!one.is_reached(process.pid()) || process.is_given_sockets ||
        one.of.since.value_or(seconds(0)) < usual_announcement) {
        return;
    }
    for (const auto* socket : one.of.sockets_of(process.pid())) {
        if (socket->listens() && one.of.socket_before(*socket) != nullptr) {
            into.push_back({.rule = "L41",
                            .pid = process.pid(),
                            .sure = core::confidence::hint,
                            .what = told_text(one, process.pid()) + socket->local +
                                    ": unless it announces its stop first, its handler ends "
                                    "nothing",
                            .fix = "close the listening socket once the delay for the load "
                                   "balancer is over, and end the main loop",
                            .by = {{"LISTEN", socket->local + ", inode " +
                                                  std::to_string(socket->line.inode)}}});
            return;
        }
    }
}

/// L42: whoever waits to be accepted is reset by the close of the listening socket.
void judge_accept_queue(const rule_case& one, const seen_process& process, findings& into) {
    for (const auto* socket : one.of.sockets_of(process.pid())) {
        const auto* before = one.of.socket_before(*socket);
        if (!socket->listens() || before == nullptr || before->line.waiting == 0 ||
            socket->line.waiting < before->line.waiting ||
            socket->owners.front() != process.pid()) {
            continue;
        }
        std::size_t with_request = 0;
        for (const auto& each : one.of.second.sockets) {
            with_request += each.line.inode == 0 && each.line.waiting > 0 &&
                                    each.line.local_port == socket->line.local_port
                                ? 1U
                                : 0U;
        }
        into.push_back(
            {.rule = "L42",
             .pid = process.pid(),
             .how = weight::loses,
             .sure = core::confidence::proven,
             .what = count_of(socket->line.waiting, "connection") + " to " + socket->local +
                     (socket->line.waiting == 1 ? " waits" : " wait") + " to be accepted" +
                     (with_request > 0
                          ? ", " + std::to_string(with_request) + " with a request already sent"
                          : "") +
                     ": the close of the socket resets them",
             .fix = "accept until none waits, then close; or hand the socket over "
                    "(net.ipv4.tcp_migrate_req=1 with SO_REUSEPORT)",
             .by = {{"accept queue of " + socket->local,
                     std::to_string(before->line.waiting) + ", then " +
                         std::to_string(socket->line.waiting)}}});
    }
}

/// L47: the peer has closed, and it never does.
void judge_close_wait(const rule_case& one, const seen_process& process, findings& into) {
    constexpr std::size_t leak_at_least = 3;
    std::size_t count = 0;
    const seen_socket* sample = nullptr;
    for (const auto* each : one.of.sockets_of(process.pid())) {
        const auto* before = one.of.socket_before(*each);
        if (each->line.is(sys::tcp_states::closed_by_peer) && before != nullptr &&
            before->line.is(sys::tcp_states::closed_by_peer) && each->detail &&
            each->detail->since_received > seconds(5)) {
            ++count;
            sample = each;
        }
    }
    if (count < leak_at_least) {
        return;
    }
    into.push_back({.rule = "L47",
                    .pid = process.pid(),
                    .how = weight::remains,
                    .sure = core::confidence::likely,
                    .what = std::to_string(count) +
                            " connections were closed by the peer, and it does not close them: "
                            "a stop that waits for connections waits for ever",
                    .fix = "close a connection when its read returns 0",
                    .by = {{"CLOSE_WAIT, one of " + std::to_string(count),
                            sample->local + " with " + sample->peer}}});
}

/// L51: the file of a unix socket that nobody has any more.
void judge_stale_socket(const rule_case& one, const seen_process& process, findings& into) {
    const auto* before = one.of.before(process.pid());
    for (const auto& path : process.stale_sockets) {
        if (before == nullptr ||
            std::find(before->stale_sockets.begin(), before->stale_sockets.end(), path) ==
                before->stale_sockets.end()) {
            continue;
        }
        into.push_back({.rule = "L51",
                        .pid = process.pid(),
                        .how = weight::remains,
                        .sure = core::confidence::likely,
                        .what = path + " is the file of a unix socket, and nobody listens there: "
                                       "clients are refused, and a bind(2) to it fails",
                        .fix = "remove the file after the close, or before the bind",
                        .by = {{path, "a socket by its type"},
                               {"/proc/net/unix, at both looks", "no such path"}}});
        return;
    }
}

/// L52: it has closed them, and their peers have not taken all of what it had sent.
void judge_orphans(const rule_case& one, findings& into) {
    std::size_t count = 0;
    std::uint64_t bytes = 0;
    const seen_socket* sample = nullptr;
    for (const auto& each : one.of.second.orphans) {
        // A window that is probed opens a crack now and then.
        const auto hardly_less = each.line.room + each.line.room / 20;
        const auto& before = one.of.first.orphans;
        const bool was_there =
            std::any_of(before.begin(), before.end(), [&](const seen_socket& was) {
                return was.line.cookie == each.line.cookie && was.line.state == each.line.state &&
                       was.line.room <= hardly_less;
            });
        if (was_there) {
            ++count;
            bytes += each.line.room;
            sample = &each;
        }
    }
    if (count == 0) {
        return;
    }
    into.push_back(
        {.rule = "L52",
         .pid = 0,
         .how = weight::remains,
         .sure = core::confidence::proven,
         .what = count_of(count, "connection") + (count == 1 ? " was" : " were") +
                 " closed, and the kernel still has " + std::to_string(bytes) +
                 " bytes to send: they are lost if the machine goes away, and a server without "
                 "SO_REUSEADDR cannot bind the port again",
         .fix = "let the answer be taken before the close (shutdown(2), then read to the end), or "
                "limit the wait: TCP_USER_TIMEOUT, net.ipv4.tcp_orphan_retries",
         .by = {{sample->local + " with " + sample->peer,
                 std::string(sample->line.is(sys::tcp_states::fin_wait1) ? "FIN_WAIT1"
                             : sample->line.is(sys::tcp_states::closing) ? "CLOSING"
                                                                         : "LAST_ACK") +
                     ", no inode, Send-Q " + std::to_string(sample->line.room) +
                     ", hardly less than at the first look"}}});
}

/// L48: what it has asked of somebody else, and waits for.
void judge_outbound(const rule_case& one, const seen_process& process, findings& into) {
    for (const auto* each : lasting_connections(one.of, process.pid(), false)) {
        // Of one that was asked at once both times are that of its start.
        const bool is_silent =
            each->detail->received == 0 || each->detail->since_sent < each->detail->since_received;
        const bool waits_for_answer = each->detail->acknowledged > 1 && is_silent &&
                                      each->detail->since_sent > one.of.between;
        if (waits_for_answer) {
            into.push_back({.rule = "L48",
                            .pid = process.pid(),
                            .sure = core::confidence::likely,
                            .what = "it has asked " + each->peer + " something " +
                                    seconds_text(each->detail->since_sent) +
                                    " ago, and has no answer yet",
                            .fix = "give that connection a time limit below the grace period, and "
                                   "stop what it is for after what needs it",
                            .by = {{each->local + " with " + each->peer,
                                    "last sent " + seconds_text(each->detail->since_sent) +
                                        " ago, last received " +
                                        seconds_text(each->detail->since_received) + " ago"}}});
            return;
        }
    }
}

/// A process that neither waits for connections nor computes: it can accept none.
bool never_accepts(const seen_process& one) {
    constexpr std::array sleeping{std::string_view("clock_nanosleep"),
                                  std::string_view("nanosleep"), std::string_view("wait4"),
                                  std::string_view("waitid"), std::string_view("pause")};
    return one.threads.has_calls && !one.threads.threads.empty() &&
           std::all_of(one.threads.threads.begin(), one.threads.threads.end(),
                       [&](const auto& each) {
                           return std::find(sleeping.begin(), sleeping.end(), each.call_name) !=
                                  sleeping.end();
                       });
}

/// A program that serves nobody, whatever it has open.
bool is_no_server(const seen_process& one) {
    constexpr std::array known{std::string_view("sleep"), std::string_view("tail"),
                               std::string_view("cat"),   std::string_view("tee"),
                               std::string_view("grep"),  std::string_view("timeout"),
                               std::string_view("xargs"), std::string_view("logger")};
    return core::is_shell(one.program) ||
           std::find(known.begin(), known.end(), one.program) != known.end();
}

/// L49: somebody else has the listening socket, and does not serve it.
void judge_leaked_listener(const rule_case& one, findings& into) {
    for (const auto& socket : one.of.second.sockets) {
        if (!socket.listens()) {
            continue;
        }
        const auto serves = [&](int pid) { return !never_accepts(*one.of.find(pid)); };
        const bool is_served = std::any_of(socket.owners.begin(), socket.owners.end(), serves);
        for (const int pid : socket.owners) {
            const auto& owner = *one.of.find(pid);
            const auto* parent = one.of.find(owner.entry.ppid);
            const auto* before = one.of.before(pid);
            const bool is_other_program = parent == nullptr || parent->program != owner.program;
            const bool is_master = !one.of.children_of(pid).empty();
            if (serves(pid) || before == nullptr || !never_accepts(*before) || is_master ||
                !is_other_program || owner.is_given_sockets ||
                (!is_served && !is_no_server(owner))) {  // it may be its own

                continue;
            }
            into.push_back(
                {.rule = "L49",
                 .pid = pid,
                 .how = is_served ? weight::loses : weight::blocks,
                 .sure = core::confidence::likely,
                 .what = "`" + owner.command + "` has inherited the listening socket " +
                         socket.local + " and never accepts: " +
                         (is_served ? "once the server has ended, clients connect and hang"
                                    : "clients connect and hang"),
                 .fix = "open listening sockets with SOCK_CLOEXEC, or close them in the child "
                        "(close_range(2))",
                 .by = {{"LISTEN " + socket.local, "inode " + std::to_string(socket.line.inode) +
                                                       " in pid " + std::to_string(pid)},
                        state_evidence(owner)}});
        }
    }
}

}  // namespace

void judge_sockets(const rule_case& one, findings& into) {
    for (const auto& [pid, process] : one.of.second.processes) {
        judge_accept_queue(one, process, into);
        judge_close_wait(one, process, into);
        if (!one.of.is_stopping() || one.ends_at_once(pid)) {
            continue;
        }
        judge_clients(one, process, into);
        if (one.of.is_on_route(pid)) {
            judge_listener(one, process, into);
            judge_outbound(one, process, into);
        }
    }
    for (const int pid : one.of.route) {
        if (const auto* process = one.of.find(pid)) {
            judge_stale_socket(one, *process, into);
        }
    }
    judge_leaked_listener(one, into);
    if (one.of.is_stopping()) {
        judge_orphans(one, into);
    }
}

}  // namespace lastcall::doctor
