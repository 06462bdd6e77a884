// Why a process does not stop, or will not: a decision over what was read about it.
//
// Each rule names the evidence that it needs; the first that holds is the answer, and the
// order is that of what hides what (a frozen process can not show that it ignores a
// signal). The readers are elsewhere, so the same rules serve whoever has the facts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::core {

/// What the process does with the stop signal.
enum class disposition : std::uint8_t { unknown, by_default, caught, ignored };

/// How a shell waits for its child. In front of it, a trap has to wait, too; of one in the
/// background the shell is in `wait`, where a trap runs at once.
enum class child_place : std::uint8_t { unknown, foreground, background };

/// What was read about one process. Text is cut and printable already.
struct stop_facts {
    int pid = 0;
    std::string_view command;  ///< arguments separated by blanks
    std::string_view program;  ///< the file it runs, without its folder; else its name
    char state = '?';          ///< as in proc(5)
    bool is_dead = false;      ///< a zombie without living threads
    bool is_exiting = false;   ///< inside exit(2)
    bool is_frozen = false;
    bool is_frozen_v1 = false;  ///< SIGKILL waits, too
    bool dumps_core = false;
    int tracer = 0;                ///< 0: none
    std::string_view tracer_name;  ///< its command
    std::string_view wchan;
    std::string_view system_call;   ///< its name; empty: not known, or none
    bool sleeps_in_kernel = false;  ///< a thread other than the main one is in state D

    std::string_view stop_signal = "SIGTERM";  ///< the name of what it was sent, or will be
    disposition on_stop = disposition::unknown;
    bool is_blocked = false;         ///< by every thread
    bool is_pending = false;         ///< sent, and not delivered
    bool reads_signalfd = false;     ///< it has a signalfd for it
    bool kill_is_pending = false;    ///< SIGKILL was sent, and has no effect
    bool is_namespace_init = false;  ///< pid 1 of its pid namespace
    /// Whether it was sent the stop signal, as far as the sender knows.
    bool was_signalled = true;
    bool left_session = false;  ///< setsid(2): signals to the group pass it by

    std::string_view parent_command;
    bool parent_is_shell = false;
    bool parent_handles = false;    ///< the stop signal: it can have passed it on
    bool parent_is_keeper = false;  ///< the one who asks: it reaps whatever ends

    std::size_t children = 0;
    std::string_view child_command;  ///< of the only one, or of one that holds it up
    disposition child_on_stop = disposition::unknown;
    bool child_is_blocked = false;
    child_place child_stands = child_place::unknown;
    /// Of a shell: what it has in front, as `sleep infinity`, where that is not what it is there
    /// for; empty: nothing.
    std::string_view front_command;

    std::size_t listening = 0;
    std::size_t connected = 0;
    std::size_t clients = 0;  ///< of the connected: those that came to it
};

enum class stop_cause_kind : std::uint8_t {
    unknown,
    zombie,             ///< dead; its parent does not reap it
    zombie_leader,      ///< the main thread ended, others run
    frozen,             ///< by its cgroup
    traced,             ///< by a debugger
    stopped,            ///< SIGSTOP or job control
    core_dump,          ///< being written
    uninterruptible,    ///< state D
    kill_pending,       ///< SIGKILL sent, no effect
    exiting,            ///< inside exit(2): the kernel takes it down
    not_signalled,      ///< a shell or launcher above it kept the signal
    left_session,       ///< setsid: the signal to the group passed it by
    blocked,            ///< every thread blocks the signal
    signalfd_not_read,  ///< it is to come by signalfd, which nobody reads
    ignored,
    shell_in_front,     ///< waits for a program that it should have replaced itself with
    decoy_handler,      ///< as pid 1: the runtime's own handler does nothing
    init_default,       ///< as pid 1: without a handler the kernel drops the signal
    launcher_in_front,  ///< npm, yarn...: does not pass the signal on
    waits_for_child,
    clients_remain,
    still_listening,
    peers_remain,       ///< it waits for others: a database, a broker
    busy,               ///< it computes, and does not look
    slow_handler,       ///< caught, and not finished: sits in a system call
    no_handler,         ///< ended at once by the signal: work in flight is lost (preflight)
    should_have_ended,  ///< the default action ends it, and yet it is there
};

/// The name in reports for programs: "shell-in-front".
[[nodiscard]] std::string_view to_string(stop_cause_kind kind) noexcept;

enum class confidence : std::uint8_t {
    hint,
    likely,
    proven,  ///< the state that the kernel shows leaves no other reading
};

[[nodiscard]] std::string_view to_string(confidence value) noexcept;

struct stop_cause {
    stop_cause_kind kind = stop_cause_kind::unknown;
    confidence sure = confidence::hint;
};

/// The rule of `lastcall explain` that this cause is, as "L14"; empty where there is none.
[[nodiscard]] std::string_view rule_of(const stop_cause& cause, const stop_facts& facts) noexcept;

/// What holds whatever the process does about signals: it is dead, frozen, stopped, asleep where
/// no signal reaches it. `unknown` when nothing does.
[[nodiscard]] stop_cause why_it_can_not_run(const stop_facts& facts) noexcept;

/// Why a process that was told to stop is still there.
[[nodiscard]] stop_cause why_not_stopped(const stop_facts& facts) noexcept;

/// What will go wrong when it is told to stop; `unknown` when nothing that can be seen.
[[nodiscard]] stop_cause what_will_fail(const stop_facts& facts) noexcept;

/// The cause in words.
void write_cause(const stop_cause& cause, const stop_facts& facts, text_sink& to) noexcept;

/// What to do about it.
void write_fix(const stop_cause& cause, const stop_facts& facts, text_sink& to) noexcept;

/// All of it in a line: "[L03] it ignores SIGTERM -> add a handler for SIGTERM".
void write_diagnosis(const stop_cause& cause, const stop_facts& facts, text_sink& to) noexcept;

/// A program that runs others from a script and may be replaced by the last of them.
[[nodiscard]] bool is_shell(std::string_view program) noexcept;

/// A program made to be pid 1, which passes signals on to what it has started: tini, dumb-init.
[[nodiscard]] bool is_init(std::string_view program) noexcept;

/// A program that starts the real one and is known not to pass signals on; empty if none.
[[nodiscard]] std::string_view launcher_in(std::string_view command) noexcept;

}  // namespace lastcall::core
