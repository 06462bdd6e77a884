#include "sys/process/process_facts.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <array>

namespace lastcall::sys {
namespace {

constexpr int threads_looked_at = 256;
constexpr int descriptors_looked_at = 4096;

// Some of these numbers are missing on architectures that came later than the calls.
struct call_name {
    int number;
    std::string_view name;
    bool is_of_descriptor = false;  ///< its first argument is what it waits at
};
constexpr std::array call_names = {
#ifdef SYS_poll
    call_name{SYS_poll, "poll"},
#endif
#ifdef SYS_select
    call_name{SYS_select, "select"},
#endif
#ifdef SYS_epoll_wait
    call_name{SYS_epoll_wait, "epoll_wait", true},
#endif
#ifdef SYS_pause
    call_name{SYS_pause, "pause"},
#endif
#ifdef SYS_open
    call_name{SYS_open, "open"},
#endif
#ifdef SYS_unlink
    call_name{SYS_unlink, "unlink"},
#endif
#ifdef SYS_vfork
    call_name{SYS_vfork, "vfork"},
#endif
    call_name{SYS_ppoll, "ppoll"},
    call_name{SYS_pselect6, "pselect6"},
    call_name{SYS_epoll_pwait, "epoll_pwait", true},
    call_name{SYS_epoll_pwait2, "epoll_pwait2", true},
    call_name{SYS_io_uring_enter, "io_uring_enter", true},
    call_name{SYS_read, "read", true},
    call_name{SYS_readv, "readv", true},
    call_name{SYS_pread64, "pread64", true},
    call_name{SYS_write, "write", true},
    call_name{SYS_writev, "writev", true},
    call_name{SYS_pwrite64, "pwrite64", true},
    call_name{SYS_openat, "openat"},
    call_name{SYS_close, "close", true},
    call_name{SYS_unlinkat, "unlinkat"},
    call_name{SYS_ioctl, "ioctl", true},
    call_name{SYS_fcntl, "fcntl", true},
    call_name{SYS_flock, "flock", true},
    call_name{SYS_fsync, "fsync", true},
    call_name{SYS_fdatasync, "fdatasync", true},
    call_name{SYS_sync, "sync"},
    call_name{SYS_syncfs, "syncfs", true},
    call_name{SYS_sync_file_range, "sync_file_range", true},
    call_name{SYS_accept, "accept", true},
    call_name{SYS_accept4, "accept4", true},
    call_name{SYS_connect, "connect", true},
    call_name{SYS_recvfrom, "recvfrom", true},
    call_name{SYS_recvmsg, "recvmsg", true},
    call_name{SYS_recvmmsg, "recvmmsg", true},
    call_name{SYS_sendto, "sendto", true},
    call_name{SYS_sendmsg, "sendmsg", true},
    call_name{SYS_futex, "futex"},
    call_name{SYS_wait4, "wait4"},
    call_name{SYS_waitid, "waitid"},
    call_name{SYS_nanosleep, "nanosleep"},
    call_name{SYS_clock_nanosleep, "clock_nanosleep"},
    call_name{SYS_rt_sigtimedwait, "rt_sigtimedwait"},
    call_name{SYS_rt_sigsuspend, "rt_sigsuspend"},
    call_name{SYS_restart_syscall, "restart_syscall"},
    call_name{SYS_clone, "clone"},
    call_name{SYS_exit, "exit"},
    call_name{SYS_exit_group, "exit_group"},
    call_name{SYS_semtimedop, "semtimedop"},
    call_name{SYS_msgrcv, "msgrcv"},
    call_name{SYS_mq_timedreceive, "mq_timedreceive"},
    call_name{SYS_umount2, "umount2"},
};

std::uint64_t mask_of(std::string_view text, std::string_view name) noexcept {
    return parse_number(field_of(text, name), 16).value_or(0);
}

/// What all threads have blocked, and whether one of them sleeps beyond reach.
void read_threads(int pid, process_facts& facts) noexcept {
    proc_path tasks_path = proc_path(pid) / "task";
    folder_reader tasks(tasks_path);
    std::uint64_t blocked = ~std::uint64_t{0};
    int looked_at = 0;
    while (const auto tid = tasks.next_number()) {
        if (++looked_at > threads_looked_at) {
            blocked = 0;  // not proven for the rest
            break;
        }
        proc_path path = proc_path(pid) / "task" / *tid / "status";
        std::array<char, 4096> buffer;
        const auto text = read_start(path, buffer);
        if (!text || field_of(*text, "SigBlk:").empty()) {
            continue;
        }
        const char state = field_of(*text, "State:").substr(0, 1).empty()
                               ? '?'
                               : field_of(*text, "State:").front();
        if (state != 'Z' && state != 'X') {
            blocked &= mask_of(*text, "SigBlk:");
        }
        if (state == 'D' && *tid != pid && facts.sleeping_thread == 0) {
            facts.sleeping_thread = *tid;
        }
    }
    facts.signals.blocked_by_all = looked_at > 0 ? facts.signals.blocked & blocked : 0;
}

void read_signalfds(int pid, process_facts& facts) noexcept {
    proc_path folder_path = proc_path(pid) / "fd";
    folder_reader folder(folder_path);
    for (int looked_at = 0; looked_at < descriptors_looked_at; ++looked_at) {
        const auto fd = folder.next_number();
        if (!fd) {
            return;
        }
        proc_path link = proc_path(pid) / "fd" / *fd;
        std::array<char, 64> target;
        if (read_link(link, target).value_or("") != "anon_inode:[signalfd]") {
            continue;
        }
        proc_path info = proc_path(pid) / "fdinfo" / *fd;
        std::array<char, 512> buffer;
        facts.signals.by_signalfd |=
            mask_of(read_start(info, buffer).value_or(std::string_view()), "sigmask:");
    }
}

void read_exe(int pid, process_facts& facts) noexcept {
    proc_path path = proc_path(pid) / "exe";
    std::array<char, 4096> target;
    const std::string_view whole = read_link(path, target).value_or(std::string_view());
    // The end tells more than the start: the name, and " (deleted)".
    const std::size_t room = 200;
    facts.exe.append_escaped(whole.size() > room ? whole.substr(whole.size() - room) : whole);
}

void read_where(int pid, int tid, process_facts& facts) noexcept {
    std::array<char, 256> buffer;
    proc_path wchan = proc_path(pid) / "task" / tid / "wchan";
    if (const auto text = read_start(wchan, buffer); text && *text != "0") {
        facts.wchan.assign({});
        facts.wchan.append_escaped(*text);
    }
    proc_path call = proc_path(pid) / "task" / tid / "syscall";
    if (auto text = read_start(call, buffer)) {
        // "running", "-1 SP PC" outside of any call, or the number and its arguments.
        facts.system_call = parse_id(take_word(*text)).value_or(-1);
        facts.system_call_name = system_call_name(facts.system_call);
    }
}

bool is_frozen_at(proc_path path, std::string_view file) noexcept {
    path / file;
    std::array<char, 256> buffer;
    const auto text = read_start(path, buffer);
    return text && (text->substr(0, 6) == "FROZEN" || text->substr(0, 8) == "FREEZING" ||
                    field_of(*text, "frozen ") == "1");
}

void read_frozen(int pid, process_facts& facts) noexcept {
    proc_path path = proc_path(pid) / "cgroup";
    line_reader lines(path);
    while (auto line = lines.next()) {
        const std::size_t first = line->find(':');
        const std::size_t second = line->find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) {
            continue;
        }
        const std::string_view controller = line->substr(first + 1, second - first - 1);
        const std::string_view group = line->substr(second + 1);
        if (controller.empty()) {
            proc_path unified("/sys/fs/cgroup");
            proc_path hybrid("/sys/fs/cgroup/unified");
            unified.append(group);
            hybrid.append(group);
            facts.is_frozen = facts.is_frozen || is_frozen_at(unified, "cgroup.events") ||
                              is_frozen_at(hybrid, "cgroup.events");
        } else if (controller == "freezer") {
            proc_path own("/sys/fs/cgroup/freezer");
            own.append(group);
            // Inside a container the path is the host's, but the mount shows our own part.
            facts.is_frozen_v1 = is_frozen_at(own, "freezer.state") ||
                                 is_frozen_at(proc_path("/sys/fs/cgroup/freezer"), "freezer.state");
            facts.is_frozen = facts.is_frozen || facts.is_frozen_v1;
        }
    }
}

}  // namespace

std::string_view system_call_name(int number) noexcept {
    for (const call_name& one : call_names) {
        if (one.number == number) {
            return one.name;
        }
    }
    return {};
}

bool is_call_of_descriptor(int number) noexcept {
    return std::any_of(call_names.begin(), call_names.end(), [number](const call_name& one) {
        return one.number == number && one.is_of_descriptor;
    });
}

void parse_process_status(std::string_view text, process_facts& facts) noexcept {
    std::string_view uids = field_of(text, "Uid:");
    facts.uid = static_cast<std::uint32_t>(parse_id(take_word(uids)).value_or(0));
    facts.tracer = parse_id(field_of(text, "TracerPid:")).value_or(0);
    facts.dumps_core = field_of(text, "CoreDumping:") == "1";
    std::string_view ids = field_of(text, "NSpid:");
    for (auto id = take_word(ids); !id.empty(); id = take_word(ids)) {
        facts.namespace_pid = parse_id(id).value_or(facts.namespace_pid);
    }
    facts.signals.pending_main = mask_of(text, "SigPnd:");
    facts.signals.pending_shared = mask_of(text, "ShdPnd:");
    facts.signals.blocked = mask_of(text, "SigBlk:");
    facts.signals.blocked_by_all = facts.signals.blocked;
    facts.signals.ignored = mask_of(text, "SigIgn:");
    facts.signals.caught = mask_of(text, "SigCgt:");
}

void read_command(int pid, short_text<512>& into) noexcept {
    proc_path path = proc_path(pid) / "cmdline";
    std::array<char, 1024> buffer;
    auto text = read_start(path, buffer).value_or(std::string_view());
    while (!text.empty() && text.back() == '\0') {
        text.remove_suffix(1);
    }
    into.assign({});
    for (const char c : text) {
        into.append_escaped(c == '\0' ? ' ' : c);
    }
    if (into.empty()) {
        proc_path comm = proc_path(pid) / "comm";
        auto name = read_start(comm, buffer).value_or("?");
        if (!name.empty() && name.back() == '\n') {
            name.remove_suffix(1);
        }
        into.append('[');
        into.append_escaped(name);
        into.append(']');
    }
}

bool read_process_facts(int pid, process_facts& facts) noexcept {
    facts = process_facts();
    const auto entry = read_process(pid);
    if (!entry) {
        return false;
    }
    std::array<char, 4096> buffer;
    proc_path status = proc_path(pid) / "status";
    if (const auto text = read_start(status, buffer)) {
        parse_process_status(*text, facts);
    }
    proc_path comm = proc_path(pid) / "comm";
    if (auto text = read_start(comm, buffer)) {
        facts.comm.append_escaped(text->substr(0, text->empty() ? 0 : text->size() - 1));
    }
    read_command(pid, facts.command);
    read_exe(pid, facts);
    read_threads(pid, facts);
    if (facts.signals.blocked_by_all != 0) {
        read_signalfds(pid, facts);
    }
    const bool main_sleeps = entry->state == 'D' || facts.sleeping_thread == 0;
    read_where(pid, main_sleeps ? pid : facts.sleeping_thread, facts);
    read_frozen(pid, facts);
    // The id may have gone to another process in the middle of all this.
    const auto again = read_process(pid);
    facts.entry = again.value_or(*entry);
    return again && again->start_time == entry->start_time;
}

}  // namespace lastcall::sys
