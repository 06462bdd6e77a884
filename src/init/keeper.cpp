#include "init/keeper.hpp"

#include "core/keeper_exit.hpp"
#include "init/message.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {

using namespace std::chrono_literals;
using core::keeper_phase;

namespace {

constexpr int signals_at_once = 64;

std::optional<std::chrono::nanoseconds> earlier(std::optional<std::chrono::nanoseconds> a,
                                                std::optional<std::chrono::nanoseconds> b) {
    return a && b ? std::min(*a, *b) : (a ? a : b);
}

}  // namespace

keeper::keeper(const options& what, char** environment) noexcept
    : what_(what), environment_(environment), machine_(what.plan) {}

int keeper::run() noexcept {
    record_.started = sys::monotonic_now();
    if (!take_office() || !start_main()) {
        return record_.exit_status;
    }
    while (!is_finished_) {
        turn();
    }
    return record_.exit_status;
}

void keeper::turn() noexcept {
    waiter_.clear();
    const auto signals = waiter_.watch(signals_.fd());
    const auto launch = waiter_.watch(main_.report.get());
    const bool is_upstream_full = notify_.waits_for_upstream();
    const auto upstream =
        is_upstream_full ? waiter_.watch(notify_.upstream_fd(), true) : sys::waiter::nowhere;
    const auto news = is_upstream_full ? sys::waiter::nowhere : waiter_.watch(notify_.fd());
    const auto probe = waiter_.watch(readiness_.fd());
    const int adopted = main_is_adopted_ ? record_.main_pid : 0;
    const auto adopted_end =
        adopted != 0 ? waiter_.watch(main_.handle.get()) : sys::waiter::nowhere;
    if (waiter_.count() == 1) {  // as it is most of the time: the signals alone
        sys::signal_letter letter;
        signals_in_a_row_ = signals_.wait(letter, next_wake()) ? signals_in_a_row_ + 1 : 0;
        if (signals_in_a_row_ > 0) {
            take(letter);
        }
        // In a storm the lowest number always comes first; the others have their turn too.
        if (signals_in_a_row_ == signals_at_once) {
            signals_in_a_row_ = 0;
            take_signals();
        }
    } else {
        waiter_.wait(next_wake());
    }
    if (waiter_.is_ready(launch)) {
        take_launch();
    }
    if (waiter_.is_ready(signals)) {
        take_signals();
    }
    // Before the children: a service that has just exited is still known to the proxy.
    if (waiter_.is_ready(news)) {
        take_news(notify_.take());
    }
    if (waiter_.is_ready(upstream)) {
        take_news(notify_.upstream_writable());
    }
    if (waiter_.is_ready(probe)) {
        take_readiness(readiness_.on_ready_fd(sys::monotonic_now()));
    }
    if (waiter_.is_ready(adopted_end) && record_.main_pid == adopted) {  // no other took its place
        adopted_main_ended();
    }
    if (children_changed_) {
        take_children();
    }
    take_time();
}

std::optional<keeper::time> keeper::next_wake() const noexcept {
    if (children_changed_) {
        return time(0);
    }
    auto next = machine_.next_wake();
    next = earlier(next, preflight_at_);
    next = earlier(next, next_rest_);
    next = earlier(next, readiness_.next_wake());
    return earlier(next, next_kill_);
}

void keeper::take_signals() noexcept {
    // Bounded, so that a storm of signals does not keep children from being reaped.
    sys::signal_letter letter;
    std::uint64_t seen = 0;
    int taken = 0;
    for (; taken < signals_at_once && signals_.take(letter); ++taken) {
        seen |= bit_of(letter.number);
        take(letter);
    }
    while (taken >= signals_at_once && signals_.take_other(letter, seen)) {
        seen |= bit_of(letter.number);
        take(letter);
    }
}

void keeper::take(const sys::signal_letter& letter) noexcept {
    const int number = letter.number;
    if (number == SIGCHLD) {
        children_changed_ = true;
        return;
    }
    if (number == SIGPIPE && letter.sender_pid == sys::current_process_id()) {
        return;  // our own line went to a reader that is gone
    }
    const bool is_key = is_job_control(number);
    if (number == SIGCONT) {
        hand_over_terminal();
    }
    const int sent_on = sent_for(number);
    if (sent_on == 0) {
        return;
    }
    if (what_.verbosity > 2) {
        message() << "signal " << sys::signal_name(number) << " from pid " << letter.sender_pid;
    }
    // In one group with the main program, a key has reached both of us.
    const bool main_has_it = shares_group_ && letter.from_kernel;
    // Under another program's name without a budget of its own, a stop is the main program's
    // affair, as that program has it; ours is what it leaves behind.
    const bool may_stop = knows_budget() || machine_.is_stopping() || what_.command == nullptr;
    if (may_stop && what_.stop_signals[static_cast<std::size_t>(number)]) {
        if (!machine_.is_stopping()) {
            remember_sender(letter);
            main_has_signal_ = main_has_it;
        }
        stop_signal_ = number;
        ++record_.stop_signals;
        begin_stop(core::keeper_cause::signal);
    } else if (is_key && shares_group_ && letter.sender_pid == record_.main_pid) {
        // It stops its whole group, as editors do at Ctrl-Z; see main_stopped().
    } else if (!main_has_it) {
        forward(sent_on);
    }
    if (is_key && what_.suspends_itself) {
        signals_.stop_self(SIGSTOP);
    }
}

void keeper::remember_sender(const sys::signal_letter& letter) noexcept {
    record_.sender.signal = letter.number;
    record_.sender.pid = letter.sender_pid;
    record_.sender.uid = letter.sender_uid;
    record_.sender.from_terminal = letter.from_kernel;
    if (letter.sender_pid != 0) {
        sys::short_text<512> command;
        sys::read_command(letter.sender_pid, command);
        record_.sender.command << command.view();
    }
    if (what_.verbosity > 1) {
        message line;
        line << sys::signal_name(letter.number) << " from ";
        if (letter.from_kernel) {
            line << "the terminal";
        } else if (letter.sender_pid == 0) {
            line << "outside of the PID namespace";
        } else {
            line << "pid " << letter.sender_pid << " (" << record_.sender.command.view() << ')';
        }
        line << ": stopping within " << what_.plan.grace;
    }
}

void keeper::take_time() noexcept {
    if (!next_wake()) {
        return;
    }
    const time now = sys::monotonic_now();
    if (const auto wake = readiness_.next_wake(); wake && now >= *wake) {
        take_readiness(readiness_.on_time(now));
    }
    if (preflight_at_ && now >= *preflight_at_) {
        preflight_at_.reset();
        preflight();
    }
    if (next_rest_ && now >= *next_rest_) {
        next_rest_.reset();
        if (machine_.phase() == keeper_phase::stopping_rest) {
            signal_rest();
        }
    }
    if (next_kill_ && now >= *next_kill_) {
        kill_all();
    }
    if (const auto wake = machine_.next_wake(); wake && now >= *wake) {
        carry_out(machine_.passed(now));
    }
}

}  // namespace lastcall::init
