// The words for each cause: what was seen, and what to do about it.
#include <algorithm>

#include "core/stop_cause.hpp"

namespace lastcall::core {
namespace {

using kind = stop_cause_kind;

constexpr std::size_t longest_quote = 80;

/// A command between backquotes; the end of a long one is left out.
void quote(std::string_view command, text_sink& to) noexcept {
    to << '`' << command.substr(0, longest_quote);
    to << (command.size() > longest_quote ? "…`" : "`");
}

std::string_view plural(std::size_t count) noexcept { return count == 1 ? "" : "s"; }

bool starts_with(std::string_view text, std::string_view start) noexcept {
    return text.substr(0, start.size()) == start;
}

/// How a handler is installed in the language of the program.
void write_handler(const stop_facts& facts, text_sink& to) noexcept {
    const std::string_view program = facts.program;
    if (program == "java" && facts.command.find(" -Xrs") != std::string_view::npos) {
        to << "start it without -Xrs, which keeps the virtual machine from handling it";
        return;
    }
    to << "add a handler for " << facts.stop_signal;
    if (program == "node" || program == "nodejs") {
        to << ": `process.on('" << facts.stop_signal << "', …)`";
    } else if (starts_with(program, "python")) {
        to << ": `signal.signal(signal." << facts.stop_signal << ", …)`";
    } else if (starts_with(program, "ruby")) {
        to << ": `Signal.trap('" << facts.stop_signal << "') { … }`";
    } else if (starts_with(program, "perl")) {
        to << ": `$SIG{"
           << facts.stop_signal.substr(std::min<std::size_t>(3, facts.stop_signal.size()))
           << "} = sub { … }`";
    } else if (is_shell(program)) {
        to << ": `trap '…' "
           << facts.stop_signal.substr(std::min<std::size_t>(3, facts.stop_signal.size())) << '`';
    }
}

void write_exec(const stop_facts& facts, text_sink& to) noexcept {
    to << "write ";
    core::fixed_text<512> line;
    line << "exec " << (facts.child_command.empty() ? "PROGRAM" : facts.child_command);
    quote(line.view(), to);
    const bool is_one_line = facts.command.find(" -c ") != std::string_view::npos;
    to << (is_one_line ? " as the last command of `-c`" : " as the last line of the script");
}

/// A program replaces its shell; a `sleep` is only to be waited for in another way.
void write_end_of_wait(const stop_facts& facts, text_sink& to) noexcept {
    const bool has_trap = facts.on_stop == disposition::caught;
    const bool only_sleeps = facts.front_command == facts.child_command;
    if (facts.front_command.empty() || (!has_trap && !only_sleeps)) {
        write_exec(facts, to);
        return;
    }
    core::fixed_text<512> line;
    line << facts.front_command << " & wait $!";
    to << (has_trap ? "write " : "set a trap, as `trap 'exit 143' TERM`, and write ");
    quote(line.view(), to);
    to << ": in `wait` a trap runs at once";
}

void write_where(const stop_facts& facts, text_sink& to) noexcept {
    if (!facts.system_call.empty()) {
        to << " in " << facts.system_call;
    }
    if (!facts.wchan.empty()) {
        to << " (" << facts.wchan << ')';
    }
}

void write_child(const stop_facts& facts, text_sink& to) noexcept {
    if (facts.children == 1 && !facts.child_command.empty()) {
        quote(facts.child_command, to);
    } else {
        to << facts.children << (facts.children == 1 ? " child" : " children");
    }
    const std::string_view which = facts.children > 1 ? ", one of which " : ", which ";
    if (facts.child_on_stop == disposition::ignored) {
        to << which << "ignores " << facts.stop_signal;
    } else if (facts.child_is_blocked) {
        to << which << "blocks " << facts.stop_signal;
    }
}

}  // namespace

std::string_view to_string(stop_cause_kind value) noexcept {
    switch (value) {
        case kind::unknown:
            return "unknown";
        case kind::zombie:
            return "zombie";
        case kind::zombie_leader:
            return "zombie-leader";
        case kind::frozen:
            return "frozen";
        case kind::traced:
            return "traced";
        case kind::stopped:
            return "stopped";
        case kind::core_dump:
            return "core-dump";
        case kind::uninterruptible:
            return "uninterruptible";
        case kind::kill_pending:
            return "kill-pending";
        case kind::exiting:
            return "exiting";
        case kind::not_signalled:
            return "not-signalled";
        case kind::left_session:
            return "left-session";
        case kind::blocked:
            return "blocked";
        case kind::signalfd_not_read:
            return "signalfd-not-read";
        case kind::ignored:
            return "ignored";
        case kind::shell_in_front:
            return "shell-in-front";
        case kind::decoy_handler:
            return "decoy-handler";
        case kind::init_default:
            return "init-default";
        case kind::launcher_in_front:
            return "launcher-in-front";
        case kind::waits_for_child:
            return "waits-for-child";
        case kind::clients_remain:
            return "clients-remain";
        case kind::still_listening:
            return "still-listening";
        case kind::peers_remain:
            return "peers-remain";
        case kind::busy:
            return "busy";
        case kind::slow_handler:
            return "slow-handler";
        case kind::no_handler:
            return "no-handler";
        case kind::should_have_ended:
            return "should-have-ended";
    }
    return "unknown";
}

std::string_view to_string(confidence value) noexcept {
    switch (value) {
        case confidence::hint:
            return "hint";
        case confidence::likely:
            return "likely";
        case confidence::proven:
            return "proven";
    }
    return "hint";
}

void write_cause(const stop_cause& cause, const stop_facts& facts, text_sink& to) noexcept {
    const std::string_view name = facts.stop_signal;
    switch (cause.kind) {
        case kind::unknown:
            to << "nothing that can be seen from outside";
            break;
        case kind::zombie:
            to << "it is dead; ";
            if (facts.parent_is_keeper) {
                to << "it is about to be reaped";
            } else {
                to << "its parent ";
                quote(facts.parent_command, to);
                to << " does not reap it";
            }
            break;
        case kind::zombie_leader:
            to << "its main thread has ended, other threads still run";
            break;
        case kind::frozen:
            to << "its cgroup is frozen"
               << (facts.is_frozen_v1 ? "; not even SIGKILL ends it before it is thawed"
                                      : ": no handler can run");
            break;
        case kind::traced:
            to << "it is held by a debugger";
            if (facts.tracer != 0) {
                to << ": pid " << facts.tracer << ' ';
                quote(facts.tracer_name, to);
            }
            break;
        case kind::stopped:
            to << "it was stopped (SIGSTOP or job control), and takes no signal before SIGCONT";
            break;
        case kind::core_dump:
            to << "it writes a core dump";
            break;
        case kind::uninterruptible:
            to << (facts.state == 'D' ? "it sleeps" : "one of its threads sleeps")
               << " where no signal reaches it";
            write_where(facts, to);
            break;
        case kind::kill_pending:
            to << "SIGKILL was sent, and has had no effect yet";
            write_where(facts, to);
            break;
        case kind::exiting:
            to << "it is exiting; the kernel is not done with it";
            write_where(facts, to);
            break;
        case kind::not_signalled:
            if (facts.parent_command.empty() || facts.parent_is_keeper) {
                to << name << " was not sent to it";
            } else {
                to << name << " went to ";
                quote(facts.parent_command, to);
                to << (cause.sure == confidence::hint
                           ? " above it; whether that passed it on can not be seen"
                           : " above it, which did not pass it on");
            }
            break;
        case kind::left_session:
            to << "it has called setsid: " << name << " to the process group passed it by";
            break;
        case kind::blocked:
            to << "every thread of it blocks " << name
               << (facts.is_pending                       ? ", which is pending"
                   : facts.on_stop == disposition::caught ? ", or its handler is at work"
                                                          : "");
            break;
        case kind::signalfd_not_read:
            to << name << " is waiting in its signalfd, which nobody reads";
            break;
        case kind::ignored:
            to << "it ignores " << name;
            break;
        case kind::shell_in_front:
            to << "a shell waits for ";
            if (facts.front_command.empty()) {
                write_child(facts, to);
            } else {
                quote(facts.front_command, to);
            }
            if (facts.on_stop == disposition::caught) {
                to << "; its trap for " << name << " runs only after that";
            } else if (facts.on_stop == disposition::ignored) {
                to << "; it ignores " << name;
            } else if (facts.is_namespace_init) {
                to << "; as pid 1 without a trap it never gets " << name;
            } else {
                to << ", and does not pass " << name << " on to it";
            }
            break;
        case kind::decoy_handler:
            to << "as pid 1 the kernel drops " << name
               << ": the runtime's own handler falls back to the default action";
            break;
        case kind::init_default:
            to << "it is pid 1 of its namespace and has no handler for " << name
               << ": the kernel drops the signal";
            break;
        case kind::launcher_in_front:
            to << launcher_in(facts.command) << " waits for ";
            write_child(facts, to);
            // su(1), "SIGNALS"; runuser(1) is the same program.
            if (const auto launcher = launcher_in(facts.command);
                launcher == "su" || launcher == "runuser") {
                to << ": it passes " << name << " on, and sends SIGKILL 2 s later";
            } else {
                to << ", and does not pass " << name << " on reliably";
            }
            break;
        case kind::waits_for_child:
            to << "it waits for ";
            write_child(facts, to);
            break;
        case kind::clients_remain:
            if (facts.was_signalled) {
                to << "it has caught " << name;
            } else {
                quote(facts.parent_command, to);
                to << " above it has taken " << name;
            }
            to << ", and " << facts.clients << " client" << plural(facts.clients)
               << (facts.clients == 1 ? " is" : " are")
               << " still connected: requests in flight, idle keep-alive connections, or some that "
                  "never sent a request";
            if (facts.listening > 0) {
                to << "; it still listens, too";
            }
            break;
        case kind::still_listening:
            to << "it catches " << name << ", and still listens on " << facts.listening << " socket"
               << plural(facts.listening) << ": the handler ends nothing";
            break;
        case kind::peers_remain:
            to << "it has caught " << name << ", and holds " << facts.connected << " connection"
               << plural(facts.connected) << " of its own; sleeps";
            write_where(facts, to);
            break;
        case kind::busy:
            to << "it has caught " << name << ", and computes";
            break;
        case kind::slow_handler:
            to << "it has caught " << name << ", and has not finished; sleeps";
            write_where(facts, to);
            break;
        case kind::no_handler:
            to << "it has no handler for " << name
               << ": it ends at once, and what is in flight is lost";
            break;
        case kind::should_have_ended:
            to << name << " ends it by default, and it is still there: started since, or exiting";
            break;
    }
}

void write_fix(const stop_cause& cause, const stop_facts& facts, text_sink& to) noexcept {
    switch (cause.kind) {
        case kind::unknown:
            to << "look at its log and at its threads";
            break;
        case kind::zombie:
            to << (facts.parent_is_keeper ? "none is needed"
                                          : "call waitpid in that parent when SIGCHLD comes");
            break;
        case kind::zombie_leader:
            to << "end the process with exit(), or join the threads in main()";
            break;
        case kind::frozen:
            to << "thaw it (`docker unpause`, `systemctl thaw`), then stop it";
            break;
        case kind::traced:
            to << "detach the debugger";
            break;
        case kind::stopped:
            to << "`kill -CONT " << facts.pid << "`, and find who stopped it";
            break;
        case kind::core_dump:
            to << "wait for it, or limit it: `ulimit -c 0`, LimitCORE=0";
            break;
        case kind::uninterruptible:
        case kind::exiting:
            to << "look at the disk or network file system that it waits for";
            break;
        case kind::kill_pending:
            to << "send no more signals: look at what the kernel waits for";
            break;
        case kind::not_signalled:
            if (facts.parent_is_shell) {
                quote("exec", to);
                to << " the program from the shell, so that it is the one that is signalled";
            } else if (cause.sure == confidence::hint && !facts.parent_is_keeper) {
                to << "look whether the program above passes " << facts.stop_signal
                   << " on; if it does not, send the signal to the whole tree";
            } else {
                to << "start the program directly, or send the signal to the whole tree";
            }
            break;
        case kind::left_session:
            to << "send the signal to the whole tree, or run it without setsid";
            break;
        case kind::blocked:
            to << "unblock " << facts.stop_signal
               << " in one thread, or take it with sigwait or signalfd";
            break;
        case kind::signalfd_not_read:
            to << "keep the signalfd in the event loop, and the loop free of blocking calls";
            break;
        case kind::ignored:
            if (is_shell(facts.program)) {
                to << "take `trap '' "
                   << facts.stop_signal.substr(std::min<std::size_t>(3, facts.stop_signal.size()))
                   << "` out, or ";
                write_exec(facts, to);
            } else {
                write_handler(facts, to);
                to << ", or find the parent that set it to be ignored (nohup, `trap ''`)";
            }
            break;
        case kind::shell_in_front:
            write_end_of_wait(facts, to);
            break;
        case kind::decoy_handler:
            write_handler(facts, to);
            break;
        case kind::init_default:
            write_handler(facts, to);
            to << ": pid 1 has no default action";
            break;
        case kind::launcher_in_front:
            to << "start the program itself";
            if (!facts.child_command.empty()) {
                to << ": ";
                quote(facts.child_command, to);
            }
            break;
        case kind::waits_for_child:
            to << "pass " << facts.stop_signal << " on to the child, or make the child end by it";
            break;
        case kind::clients_remain:
            to << "answer with `Connection: close` while stopping, close connections that are "
                  "idle or have sent nothing, and give handlers a deadline";
            break;
        case kind::still_listening:
            to << "close the listening sockets in the handler, and end the main loop";
            break;
        case kind::peers_remain:
        case kind::slow_handler:
            to << "give whatever the handler waits for a deadline below the grace period";
            break;
        case kind::busy:
            to << "look for the stop between pieces of work";
            break;
        case kind::no_handler:
            write_handler(facts, to);
            break;
        case kind::should_have_ended:
            to << "signal it again; if it was started during the stop, start nothing then";
            break;
    }
}

void write_diagnosis(const stop_cause& cause, const stop_facts& facts, text_sink& to) noexcept {
    if (const auto rule = rule_of(cause, facts); !rule.empty()) {
        to << '[' << rule << "] ";
    }
    write_cause(cause, facts, to);
    to << " -> ";
    write_fix(cause, facts, to);
}

}  // namespace lastcall::core
