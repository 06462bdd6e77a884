#include "doctor/stop_evidence.hpp"

#include <algorithm>

#include "doctor/idle_listeners.hpp"

namespace lastcall::doctor {
namespace {

constexpr int sigint = 2;
constexpr int sigquit = 3;
constexpr int sigkill = 9;

bool has(std::uint64_t mask, int number) noexcept {
    return number > 0 && number <= 64 && (mask >> (number - 1) & 1U) != 0;
}

}  // namespace

bool starts_in_background(const sys::signal_masks& shell, const sys::signal_masks& child) noexcept {
    return has(child.ignored, sigint) && has(child.ignored, sigquit) &&
           !has(shell.ignored, sigint) && !has(shell.ignored, sigquit);
}

namespace {

core::disposition disposition_of(const sys::signal_masks& masks, int number) noexcept {
    if (has(masks.ignored, number)) {
        return core::disposition::ignored;
    }
    return has(masks.caught, number) ? core::disposition::caught : core::disposition::by_default;
}

}  // namespace

std::size_t children_of(const sys::process_entry& entry, std::span<const sys::process_entry> found,
                        std::span<int> into) noexcept {
    const std::size_t count = std::min<std::size_t>(entry.children, into.size());
    for (std::size_t i = 0; i < count; ++i) {
        into[i] = found[entry.first_child + i].pid;
    }
    return count;
}

namespace {

/// "httpd" of "busybox httpd -f".
std::string_view applet_of(std::string_view command) noexcept {
    const std::size_t blank = command.find(' ');
    if (blank == std::string_view::npos) {
        return "busybox";
    }
    command.remove_prefix(blank + 1);
    return command.substr(0, command.find(' '));
}

}  // namespace

std::string_view program_of(const sys::process_facts& process) noexcept {
    constexpr std::string_view deleted = " (deleted)";
    std::string_view exe = process.exe.view();
    if (exe.size() > deleted.size() && exe.substr(exe.size() - deleted.size()) == deleted) {
        exe.remove_suffix(deleted.size());
    }
    const std::size_t slash = exe.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? exe : exe.substr(slash + 1);
    if (name != "busybox" && !name.empty()) {
        return name;
    }
    // busybox is what it was called as: by a link, or by its first argument.
    const std::string_view own = process.comm.view();
    return name == "busybox" && own == name ? applet_of(process.command.view()) : own;
}

bool stop_evidence::read(int pid, const stop_question& question) noexcept {
    facts_ = core::stop_facts();
    counts_ = sys::socket_counts();
    if (!sys::read_process_facts(pid, process_)) {
        return false;
    }
    facts_.pid = pid;
    facts_.command = process_.command.view();
    facts_.program = program_of(process_);
    facts_.state = process_.entry.state;
    facts_.is_dead = process_.entry.is_dead();
    facts_.is_exiting = process_.entry.is_exiting;
    facts_.is_frozen = process_.is_frozen;
    facts_.is_frozen_v1 = process_.is_frozen_v1;
    facts_.dumps_core = process_.dumps_core;
    facts_.wchan = process_.wchan.view();
    facts_.system_call = process_.system_call_name;
    facts_.sleeps_in_kernel = process_.sleeping_thread != 0;
    facts_.is_namespace_init = process_.namespace_pid == 1;
    facts_.tracer = process_.tracer;
    if (process_.tracer != 0) {
        sys::read_command(process_.tracer, tracer_name_);
        facts_.tracer_name = tracer_name_.view();
    }
    read_signals(question);
    read_parent(question);
    read_children(question);
    if (!facts_.is_dead) {
        counts_ = sys::read_sockets(pid, lines_, question.until);
        facts_.listening =
            counts_.listening - std::min(counts_.listening, idle_listeners(pid, socket_lines()));
        facts_.connected = counts_.connected;
        facts_.clients = counts_.clients;
    }
    return true;
}

void stop_evidence::read_signals(const stop_question& question) noexcept {
    const sys::signal_masks& masks = process_.signals;
    const int number = question.stop_signal;
    facts_.stop_signal = question.stop_signal_name;
    facts_.on_stop = disposition_of(masks, number);
    facts_.is_blocked = has(masks.blocked_by_all, number);
    facts_.is_pending = has(masks.pending_shared | masks.pending_main, number);
    facts_.reads_signalfd = has(masks.by_signalfd, number);
    facts_.kill_is_pending = has(masks.pending_shared | masks.pending_main, sigkill);
}

void stop_evidence::read_parent(const stop_question& question) noexcept {
    const int parent = process_.entry.ppid;
    facts_.parent_is_keeper = parent == question.reaper;
    if (parent <= 0) {
        return;
    }
    sys::read_command(parent, parent_command_);
    facts_.parent_command = parent_command_.view();
    std::string_view first = facts_.parent_command.substr(0, facts_.parent_command.find(' '));
    if (const std::size_t slash = first.rfind('/'); slash != std::string_view::npos) {
        first.remove_prefix(slash + 1);
    }
    facts_.parent_is_shell = core::is_shell(first);
    if (sys::read_process_facts(parent, other_)) {
        facts_.parent_handles = has(other_.signals.caught, question.stop_signal) ||
                                has(other_.signals.by_signalfd, question.stop_signal);
    }
}

void stop_evidence::read_children(const stop_question& question) noexcept {
    facts_.children = question.child_count;
    for (const int child : question.children) {
        if (!sys::read_process_facts(child, other_)) {
            continue;
        }
        facts_.child_command = other_.command.view();
        facts_.child_on_stop = disposition_of(other_.signals, question.stop_signal);
        const bool is_background = starts_in_background(process_.signals, other_.signals);
        facts_.child_stands =
            is_background ? core::child_place::background : core::child_place::unknown;
        facts_.child_is_blocked = has(other_.signals.blocked_by_all, question.stop_signal) &&
                                  !has(other_.signals.by_signalfd, question.stop_signal);
        if (facts_.child_on_stop == core::disposition::ignored || facts_.child_is_blocked) {
            return;  // the one that holds it up
        }
    }
}

}  // namespace lastcall::doctor
