#include "doctor/look/look.hpp"

#include <algorithm>

#include "core/stop_cause.hpp"
#include "doctor/look/blind_spots.hpp"
#include "doctor/look/find_route.hpp"
#include "doctor/look/group_facts.hpp"
#include "doctor/look/peek.hpp"
#include "doctor/look/sample.hpp"
#include "doctor/look/script_line.hpp"
#include "doctor/look/take_stacks.hpp"
#include "doctor/settings/program_text.hpp"
#include "doctor/settings/supervision.hpp"
#include "doctor/settings/uwsgi_settings.hpp"
#include "sys/account.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_details.hpp"
#include "sys/process/process_table.hpp"
#include "sys/signal/signal_names.hpp"
#include "sys/socket/port_state.hpp"

namespace lastcall::doctor {
namespace {

constexpr std::size_t processes_at_most = 64;

int signal_of(const look_request& what, const seen& made) {
    constexpr int sigterm = 15;
    if (what.signal != 0 || made.platform.stop_signal != 0) {
        return what.signal != 0 ? what.signal : made.platform.stop_signal;
    }
    for (const supervised& one : made.supervisions) {
        if (one.program == made.entry()) {
            return one.signal;  // nobody else is known to stop it
        }
    }
    return sigterm;
}

int process_of(const look_request& what) {
    if (what.pid == 0) {
        return owner_of_port(what.port);
    }
    const int process = sys::process_of_thread(what.pid);
    if (const auto entry = sys::read_process(what.pid); entry && entry->is_of_kernel) {
        throw look_error("pid " + std::to_string(what.pid) + " is a thread of the kernel",
                         "no signal ends it; it is over with what it works for");
    }
    if (process == what.pid) {
        return what.pid;
    }
    if (process > 0) {
        throw look_error("pid " + std::to_string(what.pid) + " is a thread of process " +
                             std::to_string(process),
                         "lastcall doctor " + std::to_string(process));
    }
    throw look_error("there is no process with pid " + std::to_string(what.pid),
                     std::string("it may have ended") +
                         (sys::effective_user() == 0
                              ? ""
                              : ", or be hidden from you (hidepid= of /proc: run it as root)") +
                         "; `lastcall doctor --port N` finds who listens on a port");
}

/// Returns: whether the sockets were told.
bool read_all(const std::vector<int>& pids, sys::inet_diag& ask, bool is_stopping,
              const known_sockets& known, snapshot& into) {
    for (const int pid : pids) {
        if (auto one = read_seen_process(pid)) {
            into.processes.emplace(pid, std::move(*one));
        }
    }
    return read_seen_sockets(ask, is_stopping, known, into);
}

known_sockets known_by(const snapshot& one, std::set<listening_port> ports) {
    for (const auto& socket : one.sockets) {
        if (socket.listens()) {
            ports.emplace(socket.line.family, socket.line.local_port);
        }
    }
    return {std::move(ports), one.sockets};
}

/// Somebody that was not looked at listens at this port, too: it may be who has answered.
bool is_shared(const seen& made, sys::inet_diag& ask, std::uint16_t port) {
    bool has_other = false;
    for (const int family : sys::tcp_families) {
        ask.list(family, port, sys::tcp_states::listening, [&](const sys::tcp_line& line) {
            has_other =
                has_other || std::none_of(made.second.sockets.begin(), made.second.sockets.end(),
                                          [&](const seen_socket& one) {
                                              return one.listens() && one.line.inode == line.inode;
                                          });
        });
    }
    return has_other;
}

/// With SO_REUSEPORT each has a socket of its own at the port, and only one of them is looked at.
void tell_other_at_port(std::uint16_t port, seen& made) {
    if (const auto other = other_at_port(port, made.second)) {
        const auto pid = std::to_string(*other);
        made.blind_spots.push_back(
            {"who else listens on port " + std::to_string(port),
             *other == 0 ? "it may not be looked at" : "pid " + pid + " does, too",
             *other == 0 ? right_that_is_missing().fix : "lastcall doctor " + pid, "all"});
    }
}

/// What the platform and the service themselves say, after the second look.
void ask_others(const look_request& what, sys::inet_diag& ask, seen& made) {
    if (what.count_restarts) {
        made.restarts_later = what.count_restarts(made.platform);
    }
    if (what.ask_ready && made.is_stopping()) {
        made.readiness = what.ask_ready();
        const auto* service = made.find(made.service());
        if (service == nullptr || !service->descriptors.is_readable) {
            return;  // whose port it is cannot be told
        }
        made.shares_port = is_shared(made, ask, made.readiness->port);
        if (made.shares_port) {
            made.blind_spots.push_back(
                {"whether it says that it is ready",
                 "others than it listen at port " + std::to_string(made.readiness->port),
                 "give the address of this one alone", "L62"});
        }
    }
}

void read_scripts(seen& made) {
    for (const int pid : made.route) {
        const auto* shell = made.find(pid);
        if (shell == nullptr || !core::is_shell(shell->program)) {
            continue;
        }
        const auto children = made.children_of(pid);
        const auto* child = made.foreground_of(pid);
        child = child == nullptr ? made.find(made.hop_behind(pid)) : child;
        if (child == nullptr && !children.empty()) {
            child = children.front();
        }
        const std::vector<std::string> none;
        if (auto place = place_in_script(pid, shell->arguments,
                                         child == nullptr ? none : child->arguments)) {
            made.scripts.push_back(std::move(*place));
        }
    }
}

/// What the programs on the route say about their stop.
void read_settings(seen& made) {
    for (const int pid : made.route) {
        const auto found = made.second.processes.find(pid);
        if (found == made.second.processes.end() || found->second.entry.is_dead()) {
            continue;
        }
        auto& one = found->second;
        const auto around = surroundings_of(pid);
        // Of one whose main thread is over the kernel shows nobody its folders.
        if (!around.is_readable() && one.entry.state != 'Z') {
            made.blind_spots.push_back({"the settings of pid " + std::to_string(pid),
                                        right_that_is_missing().why, right_that_is_missing().fix,
                                        "L10 of uWSGI, L21, L53"});
        }
        one.own = own_time_of(one, around);
        one.ends_by_term = is_named(one, "uwsgi") && uwsgi_settings(one, around).ends_by_term();
        if (one.program.starts_with("node")) {
            one.names_signal =
                one.is_namespace_init() && text_names_signal(one, around, made.signal_name_to(pid));
            one.keeps_idle = pid == made.service() ? idle_limit_in_text(one, around) : std::nullopt;
        }
    }
}

/// Which loop it is that would take the connections that wait: Node.js has others beside it.
void read_watched(seen& made) {
    for (auto& [pid, one] : made.second.processes) {
        const auto own = made.sockets_of(pid);
        if (std::none_of(own.begin(), own.end(), [](const seen_socket* each) {
                return each->listens() && each->line.waiting > 0;
            })) {
            continue;
        }
        for (const auto& thread : one.threads.threads) {
            const auto* open = one.descriptors.find(thread.first_argument);
            if (open != nullptr && open->kind == sys::descriptor_kind::epoll) {
                one.watched[open->number] = sys::watched_by(pid, open->number);
            }
        }
    }
}

/// Whom the platform signals; where none is known whoever was named, or is above who listens.
int entry_of(const look_request& what, const platform_facts& platform, int subject) {
    const int main = platform.main_pid;
    if (main > 0 && is_below(subject, main)) {
        return main;
    }
    return what.pid != 0 ? subject : entry_above(subject);
}

/// Whom to look at, by which way and which signal; nothing of them is read yet.
seen begin_of(const look_request& what) {
    const int subject = process_of(what);
    seen made;
    made.subject = what.subject;
    made.platform = what.ask_platform ? what.ask_platform(cgroup_of(subject)) : what.platform;
    made.since = what.since || !made.platform.has_signalled() ? what.since : made.platform.sub_age;
    if (!what.stopped_by.empty()) {
        made.stopped_by = read_stopper(what.stopped_by, made.platform);
    }
    made.replaced = what.replaced;
    made.route = route_from(entry_of(what, made.platform, subject));
    made.supervisions = supervisions_of(made.route);
    made.signal = signal_of(what, made);
    made.signal_name = sys::signal_name(made.signal);
    return made;
}

/// The tree below who is signalled, and whoever else is of its unit.
std::vector<int> processes_of(const seen& made) {
    auto pids = tree_of(made.entry(), processes_at_most);
    for (const int pid : made.platform.members) {
        if (std::find(pids.begin(), pids.end(), pid) == pids.end() &&
            pids.size() < processes_at_most) {
            pids.push_back(pid);
        }
    }
    return pids;
}

/// Returns: whether the sockets were told, both times.
bool look_twice(const look_request& what, sys::inet_diag& ask, seen& made) {
    const auto pids = processes_of(made);
    const auto begin = std::chrono::steady_clock::now();
    const bool has_first = read_all(pids, ask, made.is_stopping(), {what.ports}, made.first);
    sys::sleep_until(begin + what.between);
    const bool has_second =
        read_all(pids, ask, made.is_stopping(), known_by(made.first, what.ports), made.second);
    std::erase_if(made.second.processes, [&](const auto& now) {  // its id was given away meanwhile
        const auto* before = made.before(now.first);
        return before != nullptr && before->entry.start_time != now.second.entry.start_time;
    });
    made.between = std::chrono::steady_clock::now() - begin;
    return has_first && has_second;
}

}  // namespace

seen look(const look_request& what) {
    seen made = begin_of(what);
    sys::inet_diag ask(made.service());
    const bool has_sockets = look_twice(what, ask, made);
    read_watched(made);
    if (what.port != 0) {
        tell_other_at_port(what.port, made);
    }
    ask_others(what, ask, made);
    if (what.peeks && made.is_stopping()) {
        peek_at_clients(made);
    }
    if (what.takes_stacks) {
        take_stacks(made);
    }
    read_settings(made);
    read_scripts(made);
    tell_blind_spots(made, has_sockets);
    return made;
}

}  // namespace lastcall::doctor
