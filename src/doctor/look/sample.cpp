#include "doctor/look/sample.hpp"

#include <algorithm>
#include <map>

#include "doctor/look/group_facts.hpp"
#include "doctor/look/stale_sockets.hpp"
#include "doctor/stop_evidence.hpp"
#include "sys/process/file_locks.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_details.hpp"
#include "sys/process/process_set.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::doctor {
namespace {

std::uint64_t signals_by_descriptor(int pid, const sys::descriptor_list& all) {
    std::uint64_t mask = 0;
    for (const auto& one : all.all) {
        if (one.kind == sys::descriptor_kind::signalfd) {
            mask |= sys::parse_number(sys::descriptor_field(pid, one.number, "sigmask:"), 16)
                        .value_or(0);
        }
    }
    return mask;
}

/// Ours, and so that of the pid 1 that we see: in a container it is not.
bool is_first_namespace() {
    constexpr std::uint64_t first = 0xEFFFFFFC;  // PROC_PID_INIT_INO of the kernel
    return sys::pid_namespace_of(sys::current_process_id()) == first;
}

std::string command_of_process(int pid) {
    sys::short_text<512> text;
    if (pid > 0) {
        sys::read_command(pid, text);
    }
    return std::string(text.view());
}

seen_socket seen_of(const sys::tcp_line& line, const std::set<std::uint16_t>& ports,
                    const snapshot& among) {
    seen_socket made;
    made.line = line;
    made.local = sys::local_text(line);
    made.is_client = !made.listens() && ports.contains(line.local_port);
    made.peer = made.listens() ? "" : sys::peer_text(line);
    for (const auto& [pid, process] : among.processes) {
        if (process.has_socket(line.inode)) {
            made.owners.push_back(pid);
        }
    }
    return made;
}

/// Its listening socket may be closed already: two connections to one port of ours came to it, and
/// so did, as a rule, one from a port that a kernel has chosen to one that somebody has.
void find_clients(snapshot& into) {
    std::map<std::uint16_t, int> at_port;
    for (const auto& one : into.sockets) {
        at_port[one.line.local_port] += one.listens() ? 0 : 1;
    }
    for (auto& one : into.sockets) {
        one.is_client = one.is_client ||
                        (!one.listens() && (at_port[one.line.local_port] > 1 ||
                                            (one.line.local_port < sys::first_ephemeral_port &&
                                             one.line.peer_port >= sys::first_ephemeral_port)));
    }
}

constexpr auto connected =
    sys::tcp_states::established | sys::tcp_states::closed_by_peer | sys::tcp_states::handshake;
constexpr auto closing =
    sys::tcp_states::fin_wait1 | sys::tcp_states::last_ack | sys::tcp_states::closing;

/// Asks for all TCP sockets of the processes. Each question about connections is a walk of the
/// kernel over those of the whole machine: as few as can be.
class socket_reader {
public:
    socket_reader(sys::inet_diag& ask, const known_sockets& known, snapshot& into)
        : ask_(ask), known_(known), into_(into), bound_(known.ports) {
        for (const auto& [pid, process] : into.processes) {
            inodes_.insert(process.sockets.begin(), process.sockets.end());
        }
        missing_ = inodes_;
        for (const auto& [family, port] : known.ports) {
            ports_.insert(port);
        }
    }

    /// Returns: whether the kernel has told all of them.
    bool read(bool with_outbound) {
        read_listeners();
        read_clients();
        read_known();
        if (with_outbound) {
            read_outbound();
        }
        return is_whole_;
    }

private:
    void list(int family, std::uint16_t port, sys::tcp_states states,
              const sys::inet_diag::consumer& take) {
        is_whole_ = ask_.list(family, port, states, take) && is_whole_;
    }

    void keep(const sys::tcp_line& line) {
        into_.sockets.push_back(seen_of(line, ports_, into_));
        missing_.erase(line.inode);
    }

    void read_listeners() {
        for (const int family : sys::tcp_families) {
            list(family, 0, sys::tcp_states::listening, [&](const sys::tcp_line& line) {
                if (inodes_.contains(line.inode)) {
                    ports_.insert(line.local_port);
                    bound_.emplace(line.family, line.local_port);
                    keep(line);
                }
            });
        }
    }

    /// Who came to the ports, and those of whom nobody but the kernel knows any more.
    void read_clients() {
        for (const auto& [family, port] : bound_) {
            list(family, port, connected | closing, [&](const sys::tcp_line& line) {
                const bool is_nobodys = line.inode == 0;
                if (line.is(closing)) {
                    if (is_nobodys) {
                        into_.orphans.push_back(seen_of(line, ports_, into_));
                    }
                } else if (is_nobodys || inodes_.contains(line.inode)) {
                    keep(line);  // one without an inode is not accepted yet
                }
            });
        }
    }

    void read_known() {
        for (const auto& one : known_.all) {
            if (!missing_.contains(one.line.inode)) {
                continue;
            }
            const auto line = ask_.again(one.line);
            if (line && line->inode == one.line.inode &&
                line->is(connected | sys::tcp_states::syn_sent)) {
                keep(*line);
            }
        }
    }

    /// The kernel can not be asked by inode: all connections go by.
    void read_outbound() {
        for (const int family : sys::tcp_families) {
            if (!misses_tcp()) {
                return;
            }
            list(family, 0, connected | sys::tcp_states::syn_sent, [&](const sys::tcp_line& line) {
                if (!ports_.contains(line.local_port) && inodes_.contains(line.inode)) {
                    keep(line);
                }
            });
        }
    }

    /// Of the sockets that nothing is known of yet, is one perhaps a TCP connection?
    [[nodiscard]] bool misses_tcp() const {
        for (const auto& [pid, process] : into_.processes) {
            for (const auto& one : process.descriptors.all) {
                if (one.kind == sys::descriptor_kind::socket && missing_.contains(one.inode) &&
                    sys::may_be_tcp(pid, one.number)) {
                    return true;
                }
            }
        }
        return false;
    }

    sys::inet_diag& ask_;
    const known_sockets& known_;
    snapshot& into_;
    std::set<listening_port> bound_;  ///< clients have the family of the listener
    std::set<std::uint16_t> ports_;
    std::set<std::uint64_t> inodes_;   ///< of all sockets of the processes
    std::set<std::uint64_t> missing_;  ///< of which it is not known yet what they are
    bool is_whole_ = true;
};

}  // namespace

std::optional<seen_process> read_seen_process(int pid) {
    sys::process_facts facts;
    if (!sys::read_process_facts(pid, facts)) {
        return std::nullopt;
    }
    seen_process made;
    made.entry = facts.entry;
    made.signals = facts.signals;
    made.command = facts.command.view();
    made.program = program_of(facts);
    made.is_of_busybox = facts.exe.view().ends_with("/busybox");
    made.name = facts.comm.view();
    made.arguments = sys::arguments_of(pid);
    made.uid = facts.uid;
    made.age = sys::age_of(facts.entry);
    made.namespace_pid = facts.namespace_pid;
    made.is_host_init = pid == 1 && is_first_namespace();
    made.is_frozen = facts.is_frozen;
    made.is_frozen_v1 = facts.is_frozen_v1;
    made.dumps_core = facts.dumps_core;
    made.is_program_deleted = facts.exe.view().ends_with(" (deleted)");
    made.may_be_signalled = sys::may_signal(pid);
    made.tracer = facts.tracer;
    made.tracer_command = command_of_process(facts.tracer);
    made.parent_command = command_of_process(facts.entry.ppid);
    made.wchan = facts.wchan.view();
    made.call_name = facts.system_call_name;
    made.sleeping_thread = facts.sleeping_thread;
    made.threads = sys::threads_of(pid);
    for (const auto& one : made.threads.threads) {
        made.ticks += one.ticks;
        if (one.call_name == "flock" || one.call_name == "fcntl") {
            made.lock_holder = sys::holder_of_lock(pid);
            made.lock_holder_command = command_of_process(made.lock_holder);
        }
    }
    if (!facts.entry.is_dead()) {
        made.descriptors = sys::descriptors_of(pid);
        for (const auto& one : made.descriptors.all) {
            if (one.kind == sys::descriptor_kind::socket) {
                made.sockets.push_back(one.inode);
            }
        }
        std::sort(made.sockets.begin(), made.sockets.end());
        made.signalfds = signals_by_descriptor(pid, made.descriptors);
        made.is_given_sockets = !sys::environment_value(pid, "LISTEN_FDS").empty();
        read_group_facts(pid, made);
        made.stale_sockets = stale_sockets_of(pid, made.arguments);
    }
    return made;
}

bool read_seen_sockets(sys::inet_diag& ask, bool with_outbound, const known_sockets& known,
                       snapshot& into) {
    into.sockets.clear();
    const bool is_whole = socket_reader(ask, known, into).read(with_outbound);
    std::sort(into.sockets.begin(), into.sockets.end(), is_cookie_lower);
    find_clients(into);
    std::size_t asked = 0;
    for (auto& one : into.sockets) {
        if (!one.listens() && ++asked <= details_at_most) {
            one.detail = ask.detail_of(one.line);
        }
    }
    return is_whole;
}

}  // namespace lastcall::doctor
