// Children that end, stop and go on.
#include "init/keeper.hpp"
#include "init/message.hpp"
#include "sys/clock.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {

using namespace std::chrono_literals;
using core::keeper_phase;

namespace {

constexpr auto rest_again = 10ms;  ///< after something was reaped: those who came to us by it

}  // namespace

/// Reaps all that can be reaped. SIGCHLD says that some have ended, not how many: signal(7).
void keeper::take_children() noexcept {
    constexpr int at_once = 4096;
    children_changed_ = false;
    bool empty = false;
    bool any = false;
    int taken = 0;
    for (sys::child_change change; taken < at_once; ++taken) {
        const sys::reaped got = sys::take_child_change(change);
        if (got != sys::reaped::one) {
            empty = got == sys::reaped::empty;
            break;
        }
        take(change);
        any = true;
    }
    children_changed_ = taken == at_once;
    if (!any && !empty) {
        return;
    }
    const time now = sys::monotonic_now();
    // Where there is no main program (a pause), a stop is what would end it.
    const bool main_gone =
        what_.command == nullptr ? machine_.is_stopping() : !main_unreaped_ && is_launched_;
    const bool was_stopping = machine_.is_stopping();
    // Where only the main program is waited for, what it leaves behind is left behind.
    const bool is_over = empty || (main_gone && !what_.waits_for_rest);
    carry_out(machine_.reaped(now, main_gone, is_over));
    if (!was_stopping && machine_.is_stopping() && !is_finished_) {
        stop_has_begun();
    }
    if (machine_.phase() == keeper_phase::stopping_rest && rest_told_ && !next_rest_) {
        next_rest_ = now + rest_again;
    }
}

void keeper::take(const sys::child_change& change) noexcept {
    using kind = sys::child_change::kind;
    const bool ended = change.what == kind::exited || change.what == kind::killed;
    if (change.pid == record_.main_pid) {
        if (ended) {
            main_ended(change);
        } else {
            main_is_stopped_ = change.what == kind::stopped;
            if (main_is_stopped_) {
                main_stopped(change.status);
            }
        }
    } else if (change.pid == pre_stop_.pid && ended) {
        pre_stop_ended(change);
    } else if (ended) {
        ++record_.reaped;
        if (what_.warns_of_reaping) {
            message() << "reaped zombie process with pid=" << change.pid;
        }
    }
}

void keeper::main_ended(const sys::child_change& change) noexcept {
    main_unreaped_ = false;
    main_.handle.reset();
    record_.main_ended = true;
    record_.main_killed = change.what == sys::child_change::kind::killed;
    record_.main_status = change.status;
    record_.main_killed_by_us =
        record_.main_killed && change.status == SIGKILL && machine_.killed();
    if (const auto kills = oom_.read(); kills && *kills > oom_before_) {
        record_.oom_kills = *kills - oom_before_;
    }
    if (gives_terminal_ && terminal_.foreground() == record_.main_pid) {
        terminal_.give_to(sys::current_process_group());
    }
    if (what_.verbosity > 1) {
        message line;
        line << "the main program has ";
        if (record_.main_killed) {
            line << "been killed by " << sys::signal_name(change.status);
        } else {
            line << "exited with status " << change.status;
        }
    }
}

/// At Ctrl-Z the shell before us must see us stop, but only if the main program did: it may
/// have another use for that key. Where no shell watches, the kernel does not stop us, and
/// the main program goes on.
void keeper::main_stopped(int by_signal) noexcept {
    if (!is_job_control(by_signal) || !terminal_ || !(shares_group_ || gives_terminal_)) {
        return;
    }
    if (gives_terminal_ && terminal_.is_ours()) {
        hand_over_terminal();  // it was started in the background, and is in front now
        return;
    }
    signals_.stop_self(SIGTSTP);
    if (gives_terminal_) {
        hand_over_terminal();
        // Not one that wants a terminal which another has: it would stop again at once.
        if (by_signal == SIGTSTP) {
            sys::signal_group(record_.main_pid, SIGCONT);
        }
    }
}

/// The shell has put us into the foreground: that is the main program's place.
void keeper::hand_over_terminal() noexcept {
    if (gives_terminal_ && main_unreaped_ && !main_is_adopted_ && terminal_.is_ours()) {
        terminal_.give_to(record_.main_pid);
        sys::signal_group(record_.main_pid, SIGCONT);
    }
}

void keeper::pre_stop_ended(const sys::child_change& change) noexcept {
    pre_stop_.pid = 0;
    pre_stop_.handle.reset();
    if (change.what != sys::child_change::kind::exited || change.status != 0) {
        message() << "the pre-stop command "
                  << (change.what == sys::child_change::kind::killed ? "was killed by signal "
                                                                     : "exited with status ")
                  << change.status << "; the stop goes on";
    }
    carry_out(machine_.pre_stop_ended(sys::monotonic_now()));
}

}  // namespace lastcall::init
