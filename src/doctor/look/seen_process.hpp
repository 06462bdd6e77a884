// One process at one moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/settings/own_time.hpp"
#include "sys/process/descriptor_list.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/thread_list.hpp"
#include "sys/process/unwinder.hpp"

namespace lastcall::doctor {

/// How long a server keeps a connection on which nothing happens.
struct idle_limit {
    std::chrono::nanoseconds value{0};
    std::string file;
    std::uint32_t line = 0;  ///< from 1
};

/// The functions on the stack of a thread, the innermost first.
struct thread_stack {
    int thread = 0;
    std::vector<sys::stack_frame> frames;
    std::chrono::nanoseconds stopped{0};  ///< for so long it was, to be looked at
};

/// In a call in which event loops wait: epoll_wait(2), accept(2) and the like.
[[nodiscard]] bool waits_for_events(const sys::thread_facts& one) noexcept;

struct seen_process {
    sys::process_entry entry;
    sys::signal_masks signals;
    std::uint64_t signalfds = 0;  ///< signals that it has a signalfd(2) for, blocked or not
    std::string command;          ///< printable
    std::string program;          ///< the file it runs, without its folder; else its name
    bool is_of_busybox = false;   ///< its httpd is not that of Apache
    std::string name;             ///< comm: what it calls itself
    std::vector<std::string> arguments;
    std::uint32_t uid = 0;
    std::chrono::nanoseconds age{0};
    int namespace_pid = 0;  ///< in its innermost pid namespace
    bool is_host_init = false;
    bool is_frozen = false;
    bool is_frozen_v1 = false;
    bool dumps_core = false;
    bool is_program_deleted = false;  ///< its file was deleted or replaced since
    bool may_be_signalled = true;     ///< by who looks
    bool names_signal = false;        ///< its program text names the stop signal (scripts only)
    bool is_given_sockets = false;    ///< LISTEN_FDS is in its environment
    /// Of the service: how long connections are kept on which nothing happens.
    std::optional<idle_limit> keeps_idle;
    /// Of those on the route: what its own settings give its work at a stop.
    std::optional<own_time> own;
    /// Its settings make SIGTERM an end in order, or may do so: uWSGI's die-on-term.
    bool ends_by_term = false;
    int tracer = 0;
    std::string tracer_command;
    std::string parent_command;
    std::string wchan;
    std::string_view call_name;
    int sleeping_thread = 0;
    int lock_holder = 0;  ///< who has the lock of a file that it waits for; 0: it waits for none
    std::string lock_holder_command;
    std::uint64_t ticks = 0;  ///< of processor time, all threads
    sys::thread_list threads;
    std::vector<thread_stack> stacks;  ///< where it was asked for them
    sys::descriptor_list descriptors;
    /// What is in each epoll(7) set that a thread waits at; only where connections wait for it.
    std::map<int, std::vector<int>> watched;
    std::vector<std::string> stale_sockets;  ///< paths in its arguments that nobody is bound to
    std::vector<std::uint64_t> sockets;      ///< their inodes, of the descriptors; sorted
    std::uint64_t group_periods = 0;         ///< of its cgroup's processor limit: cpu.stat
    std::uint64_t group_throttled = 0;
    std::uint64_t group_reclaims = 0;  ///< memory.events: high, max and oom
    std::uint64_t group_tasks = 0;     ///< of the cgroup on its way up that is at its limit of them
    std::uint64_t group_tasks_limit = 0;    ///< pids.max of that; 0: none is at its limit
    std::uint64_t group_forks_refused = 0;  ///< pids.events, of all on the way up

    [[nodiscard]] int pid() const noexcept { return entry.pid; }
    /// Pid 1 of a namespace below ours: the kernel keeps signals from it that it has no handler
    /// for.
    [[nodiscard]] bool is_namespace_init() const noexcept {
        return namespace_pid == 1 && !is_host_init;
    }
    [[nodiscard]] bool has_socket(std::uint64_t inode) const noexcept {
        return std::binary_search(sockets.begin(), sockets.end(), inode);
    }
    [[nodiscard]] bool catches(int signal) const noexcept { return has(signals.caught, signal); }
    [[nodiscard]] bool ignores(int signal) const noexcept { return has(signals.ignored, signal); }
    /// By every thread, and no signalfd takes it.
    [[nodiscard]] bool blocks(int signal) const noexcept {
        return has(signals.blocked_by_all, signal) && !reads_signalfd(signal);
    }
    [[nodiscard]] bool reads_signalfd(int signal) const noexcept {
        return has(signals.blocked_by_all, signal) && has(signalfds, signal);
    }
    [[nodiscard]] bool has_pending(int signal) const noexcept {
        return has(signals.pending_shared | signals.pending_main, signal);
    }
    /// A thread sits in sigwait(3): it shows what it waits for as not blocked.
    [[nodiscard]] bool waits_for(int signal) const noexcept {
        return std::any_of(
            threads.threads.begin(), threads.threads.end(), [&](const sys::thread_facts& one) {
                return one.call_name == "rt_sigtimedwait" && !has(one.blocked, signal);
            });
    }

    /// It may have a signalfd, or a thread in sigwait(3), that may not be looked at: then nothing
    /// can be said about what the signal does.
    [[nodiscard]] bool may_take_unseen(int signal) const noexcept {
        if (has(signals.blocked_by_all, signal)) {
            return !descriptors.is_readable;
        }
        // Who waits for some signals has others blocked as a rule.
        return !threads.has_calls && !catches(signal) && !ignores(signal) &&
               std::any_of(threads.threads.begin(), threads.threads.end(),
                           [](const sys::thread_facts& one) { return one.blocked != 0; });
    }

    [[nodiscard]] static bool has(std::uint64_t mask, int signal) noexcept {
        return signal > 0 && signal <= 64 && (mask >> (signal - 1) & 1U) != 0;
    }
};

}  // namespace lastcall::doctor
