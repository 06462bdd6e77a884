// From the start of the keeper to the program that it has started: what is claimed, where the
// program runs, and whether it came up.
#include "core/environment.hpp"
#include "init/keeper.hpp"
#include "init/message.hpp"
#include "init/option_values.hpp"
#include "init/preflight.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/process/memory_use.hpp"
#include "sys/process/process.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {

using namespace std::chrono_literals;

namespace {

constexpr auto preflight_after = 2s;

}  // namespace

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
