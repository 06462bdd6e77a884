// A.4: event loops and threads.
#include <algorithm>
#include <array>

#include "doctor/rules/rules.hpp"
#include "sys/process/process_details.hpp"

namespace lastcall::doctor {
namespace {

/// A set that has neither the listening socket in it, nor another set, is not that of its loop.
bool may_accept(const seen& of, const seen_process& one, const sys::thread_facts& thread) {
    const auto set = one.watched.find(thread.first_argument);
    return set == one.watched.end() ||
           std::any_of(set->second.begin(), set->second.end(), [&](int number) {
               const auto* open = one.descriptors.find(number);
               const auto listens = [&](const seen_socket* each) {
                   return each->listens() && each->line.inode == open->inode;
               };
               const auto own = of.sockets_of(one.pid());
               return open == nullptr || open->kind == sys::descriptor_kind::epoll ||
                      (open->kind == sys::descriptor_kind::socket &&
                       std::any_of(own.begin(), own.end(), listens));
           });
}

/// `threads`  of one of the looks at `one`
bool has_waiting_loop(const seen& of, const seen_process& one, const sys::thread_list& threads) {
    return std::any_of(threads.threads.begin(), threads.threads.end(), [&](const auto& each) {
        return waits_for_events(each) && may_accept(of, one, each);
    });
}

/// Who waits for something else than connections, and so takes none.
bool takes_none(const seen& of, int pid) {
    const auto* one = of.find(pid);
    return one != nullptr && one->threads.has_calls && !has_waiting_loop(of, *one, one->threads);
}

/// The one of its listening sockets at which connections wait that nobody takes. Null: none.
const seen_socket* stuck_listener(const seen& of, int pid) {
    for (const auto* socket : of.sockets_of(pid)) {
        const auto* before = of.socket_before(*socket);
        if (socket->listens() && before != nullptr && before->line.waiting > 0 &&
            socket->line.waiting >= before->line.waiting &&
            std::all_of(socket->owners.begin(), socket->owners.end(),
                        [&](int owner) { return takes_none(of, owner); })) {
            return socket;
        }
    }
    return nullptr;
}

evidence queue_evidence(const seen& of, const seen_socket& listener) {
    const auto* before = of.socket_before(listener);
    return {"accept queue of " + listener.local,
            std::to_string(before == nullptr ? 0 : before->line.waiting) + ", then " +
                std::to_string(listener.line.waiting)};
}

std::string thread_name(const sys::thread_facts& one, int pid) {
    return one.id == pid ? "its main thread"
                         : "its thread " + std::to_string(one.id) + " `" + one.name + "`";
}

/// L35: a loop that computes and does not come back.
bool judge_busy_loop(const rule_case& one, const seen_process& before, const seen_process& now,
                     findings& into) {
    constexpr double never_idle = 0.9;
    const auto wall = static_cast<double>(one.of.between.count());
    for (const auto& thread : now.threads.threads) {
        const auto was = std::find_if(before.threads.threads.begin(), before.threads.threads.end(),
                                      [&](const auto& each) { return each.id == thread.id; });
        if (was == before.threads.threads.end() || thread.state != 'R' || was->state != 'R') {
            continue;
        }
        // On a busy machine it is in line for a processor, and has not slept for all that.
        const auto used = (thread.ticks - was->ticks) * 1000 / sys::ticks_per_second();
        const auto queued = (thread.queued_ns - was->queued_ns) / 1'000'000;
        if (static_cast<double>(used + queued) * 1e6 < never_idle * wall) {
            continue;
        }
        const auto* listener = stuck_listener(one.of, now.pid());
        if (listener == nullptr) {
            continue;
        }
        into.push_back(
            {.rule = "L35",
             .pid = now.pid(),
             .thread = thread.id,
             .sure = core::confidence::likely,
             .what = thread_name(thread, now.pid()) +
                     " computes and does not come back to its event loop: neither connections "
                     "nor a signal are looked at",
             .fix = "do the work in another thread or in pieces, and look for the stop between",
             .by = {{"state", "R at both looks"},
                    {"processor time between the looks", std::to_string(used) + " ms, and " +
                                                             std::to_string(queued) +
                                                             " ms in line for it"},
                    queue_evidence(one.of, *listener)}});
        return true;
    }
    return false;
}

/// "192.0.2.1:5432", "/var/lib/x": what the descriptor in the call's first argument is.
std::string target_of(const seen& of, const seen_process& process, const sys::thread_facts& one) {
    const auto* open = process.descriptors.find(one.first_argument);
    if (open == nullptr) {
        return {};
    }
    if (open->kind == sys::descriptor_kind::socket) {
        for (const auto* socket : of.sockets_of(process.pid())) {
            if (socket->line.inode == open->inode && !socket->peer.empty()) {
                return " at the connection to " + socket->peer;
            }
        }
    }
    return " at " + open->target;
}

/// L36: a loop that sits in a call which waits for one thing only.
void judge_blocked_loop(const rule_case& one, const seen_process& before, const seen_process& now,
                        findings& into) {
    const auto& main = now.threads.threads.front();
    const auto& was = before.threads.threads.front();
    const auto* listener = stuck_listener(one.of, now.pid());
    if (listener == nullptr || main.call_name.empty() || main.call != was.call ||
        main.call_arguments != was.call_arguments || main.state != 'S') {
        return;
    }
    into.push_back({.rule = "L36",
                    .pid = now.pid(),
                    .thread = main.id,
                    .sure = core::confidence::likely,
                    .what = "its main thread waits in " + std::string(main.call_name) +
                            target_of(one.of, now, main) +
                            ", and not in its event loop: connections wait, and so does a stop",
                    .fix = "give that call a time limit, or do it in another thread",
                    .by = {{"/proc/" + std::to_string(now.pid()) + "/syscall, twice",
                            std::string(main.call_name) + " " + main.call_arguments},
                           queue_evidence(one.of, *listener)}});
}

/// L37: main() joins a thread that nobody has woken.
void judge_join(const rule_case& one, const seen_process& before, const seen_process& now,
                findings& into) {
    constexpr std::array blocking{std::string_view("accept"), std::string_view("accept4"),
                                  std::string_view("read"), std::string_view("recvfrom"),
                                  std::string_view("recvmsg")};
    const auto& main = now.threads.threads.front();
    if (!one.of.is_stopping() || main.call_name != "futex" ||
        before.threads.threads.front().call_name != "futex" || now.ticks != before.ticks) {
        return;
    }
    for (const auto& thread : now.threads.threads) {
        if (thread.id == now.pid() ||
            std::find(blocking.begin(), blocking.end(), thread.call_name) == blocking.end()) {
            continue;
        }
        into.push_back({.rule = "L37",
                        .pid = now.pid(),
                        .thread = thread.id,
                        .sure = core::confidence::hint,
                        .what = "its main thread waits for another one, and " +
                                thread_name(thread, now.pid()) + " sits in " +
                                std::string(thread.call_name) + target_of(one.of, now, thread) +
                                ": nobody has woken it",
                        .fix = "wake it before the join: shutdown(2) of what it reads, an eventfd, "
                               "or a time limit",
                        .by = {{"main thread", "in futex at both looks"},
                               {"thread " + std::to_string(thread.id),
                                std::string(thread.call_name) + " " + thread.call_arguments}}});
        return;
    }
}

/// L39: the runtime is inside of its own shutdown.
void judge_runtime_hook(const seen_process& before, const seen_process& now, findings& into) {
    constexpr std::array hooks{std::string_view("SIGTERM handler"),
                               std::string_view("SIGINT handler"),
                               std::string_view("DestroyJavaVM")};
    const auto has_hook = [&](const seen_process& one, std::string_view name) {
        return std::any_of(one.threads.threads.begin(), one.threads.threads.end(),
                           [&](const auto& thread) { return thread.name == name; });
    };
    for (const auto name : hooks) {
        // DestroyJavaVM is there for as long as main() has returned: only a handler is a stop.
        if (name == hooks.back() || !has_hook(before, name) || !has_hook(now, name)) {
            continue;
        }
        into.push_back({.rule = "L39",
                        .pid = now.pid(),
                        .sure = core::confidence::likely,
                        .what = "the Java virtual machine has taken the signal, and runs its "
                                "shutdown hooks: one of them does not end",
                        .fix = "`jcmd " + std::to_string(now.pid()) +
                               " Thread.print` tells where; give what the hook waits for a limit",
                        .by = {{"thread at both looks", std::string(name)}}});
        return;
    }
}

/// L40: what it writes goes into a pipe that nobody empties.
void judge_full_pipe(const seen_process& before, const seen_process& now, findings& into) {
    for (const auto& thread : now.threads.threads) {
        const auto was = std::find_if(before.threads.threads.begin(), before.threads.threads.end(),
                                      [&](const auto& each) { return each.id == thread.id; });
        const bool is_write = thread.call_name == "write" || thread.call_name == "writev";
        const auto* open = now.descriptors.find(thread.first_argument);
        if (was == before.threads.threads.end() || thread.state != 'S' || !is_write ||
            open == nullptr || open->kind != sys::descriptor_kind::pipe ||
            was->call != thread.call || was->call_arguments != thread.call_arguments ||
            was->ticks != thread.ticks) {
            continue;
        }
        const std::string name = open->number == 1   ? "its standard output"
                                 : open->number == 2 ? "its standard error"
                                                     : "descriptor " + std::to_string(open->number);
        into.push_back({.rule = "L40",
                        .pid = now.pid(),
                        .thread = thread.id,
                        .sure = core::confidence::likely,
                        .what = thread_name(thread, now.pid()) + " waits to write to " + name +
                                ": the pipe is full, and whoever reads it does not",
                        .fix = "look at the reader (the log collector, `lsof | grep " +
                               std::to_string(open->inode) +
                               "`); let logs be dropped rather than waited for",
                        .by = {{"descriptor " + std::to_string(open->number), open->target},
                               {"wchan at both looks", thread.wchan}}});
        return;
    }
}

}  // namespace

void judge_threads(const rule_case& one, findings& into) {
    for (const auto& [pid, now] : one.of.second.processes) {
        const auto* before = one.of.before(pid);
        if (before == nullptr || now.threads.threads.empty() || before->threads.threads.empty() ||
            now.entry.is_dead() || now.is_frozen) {  // frozen in a call it does not wait there
            continue;
        }
        judge_full_pipe(*before, now, into);
        judge_runtime_hook(*before, now, into);
        if (now.threads.has_calls && !has_waiting_loop(one.of, now, now.threads) &&
            !has_waiting_loop(one.of, now, before->threads) && !one.ends_at_once(pid)) {
            if (!judge_busy_loop(one, *before, now, into)) {
                judge_blocked_loop(one, *before, now, into);
            }
        }
        if (one.of.is_on_route(pid)) {
            judge_join(one, *before, now, into);
        }
    }
}

}  // namespace lastcall::doctor
