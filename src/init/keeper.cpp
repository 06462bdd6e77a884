#include "init/keeper.hpp"

#include "core/keeper_exit.hpp"
#include "init/message.hpp"
#include "init/option_values.hpp"
#include "init/preflight.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/process/memory_use.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {

using namespace std::chrono_literals;
using core::keeper_phase;

namespace {

constexpr auto preflight_after = 2s;
constexpr int signals_at_once = 64;

std::optional<std::chrono::nanoseconds> earlier(std::optional<std::chrono::nanoseconds> a,
                                                std::optional<std::chrono::nanoseconds> b) {
    return a && b ? std::min(*a, *b) : (a ? a : b);
}

constexpr std::uint64_t bit_of(int number) { return std::uint64_t{1} << (number - 1); }

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

bool keeper::take_office() noexcept {
    record_.exit_status = status_own_failure;
    message::begin_with(what_.name);
    if (!signals_) {
        message() << "cannot read signals: no descriptor or no memory left";
        return false;
    }
    if (what_.empty_mask) {
        auto before = signals_.before();
        before.mask = 0;
        signals_.set_before(before);
    }
    is_first_process_ = sys::current_process_id() == 1;
    if (!is_first_process_ && what_.subreaper) {
        if (!sys::become_subreaper()) {
            message() << "the kernel refuses PR_SET_CHILD_SUBREAPER: processes that the main "
                         "program leaves behind will not be waited for";
        } else if (what_.verbosity > 0 && what_.as == personality::lastcall) {
            message() << "not PID 1 here (but " << sys::current_process_id()
                      << "): waiting for orphans as a subreaper";
        }
    }
    if (!is_first_process_ && !what_.subreaper && what_.as == personality::tini &&
        what_.verbosity > 0) {
        message() << "not PID 1, and not a subreaper (-s): orphans will not be reaped";
    }
    for (std::size_t i = 0; i < what_.held_count; ++i) {
        if (!sys::close_on_exec(what_.held[i])) {
            message() << "--hold: descriptor " << what_.held[i] << " is not open";
            return false;
        }
    }
    if (what_.report_fd >= 0 && !sys::close_on_exec(what_.report_fd)) {
        message() << "--report-fd: descriptor " << what_.report_fd << " is not open";
        return false;
    }
    if (what_.program_fd >= 0 && !sys::is_script(what_.program_fd) &&
        !sys::close_on_exec(what_.program_fd)) {
        message() << "--program-fd: descriptor " << what_.program_fd << " is not open";
        return false;
    }
    if (what_.parent_death_signal != 0 && !sys::die_with_parent(what_.parent_death_signal)) {
        message() << "the parent process has gone already";
        return false;
    }
    oom_before_ = oom_.read().value_or(0);

    core::fixed_text<512> why;
    const notify_settings settings{
        .upstream = variable(environment_, "NOTIFY_SOCKET"),
        .is_wanted = what_.ready.how == readiness::kind::notify,
        .keeps_ready_back =
            what_.ready.how != readiness::kind::none && what_.ready.how != readiness::kind::notify,
    };
    if (!notify_.open(settings, why)) {
        message() << why.view();
    }
    return true;
}

/// In whose group the main program runs. With a shell before us, in ours: the shell's job
/// control then works by itself, in pipelines too. As PID 1 there is no shell.
sys::launch_group keeper::choose_group() noexcept {
    const bool in_foreground = terminal_.is_ours();
    switch (what_.where) {
        case placement::same_group:
            shares_group_ = true;
            return sys::launch_group::same;
        case placement::automatic:
            if (in_foreground && !is_first_process_ && what_.to == reach::main) {
                shares_group_ = true;
                return sys::launch_group::same;
            }
            [[fallthrough]];
        case placement::own_group:
            gives_terminal_ = static_cast<bool>(terminal_);
            return in_foreground ? sys::launch_group::foreground : sys::launch_group::own;
        case placement::own_session:
            if (!terminal_) {
                return sys::launch_group::session;
            }
            terminal_.give_up();
            return sys::launch_group::session_with_terminal;
    }
    return sys::launch_group::own;
}

bool keeper::start_main() noexcept {
    if (what_.command == nullptr) {
        is_launched_ = true;
        return true;  // there is only to wait and to reap
    }
    core::environment_wish wish;
    wish.notify_socket = notify_.address();
    if (knows_budget()) {
        wish.grace =
            core::grace_for_service(what_.plan.grace, what_.plan.reserve, what_.plan.delay);
    }
    int error = main_environment_.prepare(environment_, wish);
    if (error == 0) {
        sys::launch_request request;
        request.argv = what_.command;
        request.program_fd = what_.program_fd;
        request.environment = child_environment::finish;
        request.context = &main_environment_;
        request.group = choose_group();
        main_ = sys::launch(request, signals_, terminal_);
        error = main_.error;
    }
    if (error != 0) {
        message() << "cannot start " << what_.command[0] << ": fork failed ("
                  << sys::error_text(error) << "); raise the limit of processes or memory";
        return false;
    }
    main_unreaped_ = true;
    record_.main_pid = main_.pid;
    for (char* const* word = what_.command; *word != nullptr; ++word) {
        record_.main_command << (word == what_.command ? "" : " ") << *word;
    }
    return true;
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

/// The main program is there now, or could not be run.
void keeper::take_launch() noexcept {
    const int error = sys::launch_error(main_.report.get());
    main_.report.reset();
    if (error == 0) {
        is_launched_ = true;
        const time now = sys::monotonic_now();
        if (what_.preflight) {
            preflight_at_ = now + preflight_after;
        }
        core::fixed_text<256> why;
        if (what_.ready.how != readiness::kind::none && !machine_.is_stopping() &&
            !readiness_.begin(what_.ready, now, why)) {
            message() << why.view();
        }
        for (int number = 1; deferred_ != 0; ++number) {
            if ((deferred_ & bit_of(number)) != 0) {
                deferred_ &= ~bit_of(number);
                forward(number);
            }
        }
        carry_out(machine_.launched(sys::monotonic_now()));
        sys::release_startup_code();
        return;
    }
    const bool is_missing = error == ENOENT;
    message() << "cannot run " << what_.command[0] << ": " << sys::error_text(error)
              << (is_missing        ? "; is it in PATH, and is its interpreter installed?"
                  : error == EACCES ? "; is it executable, and not on a noexec mount?"
                                    : "");
    record_.exit_status = what_.exec_failed != 0 ? what_.exec_failed : (is_missing ? 127 : 126);
    write_report();
    is_finished_ = true;
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

bool keeper::knows_budget() const noexcept {
    return what_.as == personality::lastcall || what_.grace_source != "default";
}

/// A warning if the main program will not stop when it is told to. Not while it is being
/// told: the block report has more to say then.
void keeper::preflight() noexcept {
    if (machine_.is_stopping() || !main_unreaped_) {
        return;
    }
    const int number = sent_for(SIGTERM);
    write_preflight({record_.main_pid, number, sys::signal_name(number)}, standard_error_lines());
}

}  // namespace lastcall::init
