// What the machine says, done.
#include <algorithm>

#include "core/keeper_exit.hpp"
#include "keeper/keeper.hpp"
#include "keeper/last_line.hpp"
#include "keeper/message.hpp"
#include "keeper/tree.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/output.hpp"
#include "sys/pidfd.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;
using core::keeper_action;

namespace {

constexpr auto kill_again = 20ms;  ///< those who were born while we killed
constexpr int standard_error = 2;

}  // namespace

void keeper::carry_out(actions what) noexcept {
    // The machine's next answer would overwrite this one.
    std::array<keeper_action, 8> list{};
    const std::size_t count = std::min(what.size(), list.size());
    std::copy_n(what.begin(), count, list.begin());
    for (std::size_t i = 0; i < count; ++i) {
        switch (list[i]) {
            case keeper_action::begin_announcing:
                start_pre_stop();
                break;
            case keeper_action::end_announcing:
                end_pre_stop();
                break;
            case keeper_action::signal_main:
            case keeper_action::signal_main_again:
                signal_main();
                break;
            case keeper_action::signal_rest:
                signal_rest();
                break;
            case keeper_action::report:
                report();
                break;
            case keeper_action::kill_all:
                kill_all();
                break;
            case keeper_action::finish:
                finish();
                break;
        }
    }
}

void keeper::start_pre_stop() noexcept {
    sys::launch_request request;
    static char shell[] = "/bin/sh";
    static char option[] = "-c";
    char* const argv[] = {shell, option, const_cast<char*>(what_.pre_stop), nullptr};
    request.argv = argv;
    request.environment = environment_;
    pre_stop_ = sys::launch(request, signals_, terminal_);
    if (pre_stop_.error != 0) {
        message() << "cannot start the pre-stop command; the stop goes on without it";
        pre_stop_ = {};
        carry_out(machine_.pre_stop_ended(sys::monotonic_now()));
        return;
    }
    pre_stop_.report.reset();
}

void keeper::end_pre_stop() noexcept {
    if (pre_stop_.pid != 0) {
        message() << "the pre-stop command has used up its time and is killed: " << what_.pre_stop;
        sys::signal_group(pre_stop_.pid, SIGKILL);
    }
}

/// The stop signal. A main program with the library reads the deadline from it.
void keeper::signal_main() noexcept {
    if (main_has_signal_) {
        main_has_signal_ = false;
        return;
    }
    const int number =
        what_.rewrite[static_cast<std::size_t>(stop_signal_ != 0 ? stop_signal_ : SIGTERM)];
    deliver(number);
}

void keeper::deliver(int number) noexcept {
    if (!main_unreaped_) {
        return;
    }
    if (what_.to == reach::group && !shares_group_) {
        sys::signal_group(record_.main_pid, number);
    } else {
        sys::signal_process(main_.handle.get(), number);
    }
    if (what_.to == reach::tree || (what_.to == reach::group && shares_group_)) {
        signal_tree(number, record_.main_pid, std::nullopt);
    }
    // What is stopped takes no signal until it goes on.
    if (main_is_stopped_ && machine_.is_stopping()) {
        sys::signal_process(main_.handle.get(), SIGCONT);
    }
}

void keeper::forward(int number) noexcept {
    if (!is_launched_) {
        deferred_ |= std::uint64_t{1} << (number - 1);
        return;
    }
    if (main_unreaped_) {
        deliver(number);
    } else if (what_.to != reach::main) {
        signal_tree(number, 0, std::nullopt);
    }
}

void keeper::signal_rest() noexcept {
    const time now = sys::monotonic_now();
    signal_tree(SIGTERM, 0, rest_signalled_);
    rest_signalled_ = now;
}

void keeper::report() noexcept {}

void keeper::kill_all() noexcept {
    kill_tree(record_);
    next_kill_ = sys::monotonic_now() + kill_again;
}

void keeper::finish() noexcept {
    const core::keeper_end end{
        .main_ended = record_.main_ended,
        .main_killed = record_.main_killed,
        .main_status = record_.main_status,
        .not_ready = machine_.cause() == core::keeper_cause::ready_timeout,
        .in_time = machine_.stopped_in_time(),
        .unclean = machine_.killed(),
    };
    record_.exit_status = core::keeper_exit_status(
        end, {what_.exit_map, what_.exit_map_only_after_stop, what_.exit_unclean});
    is_finished_ = true;
    if (!what_.last_line && what_.report_file == nullptr) {
        return;
    }
    core::fixed_text<16384> line;
    write_last_line(line, what_, machine_, record_, sys::monotonic_now());
    line << '\n';
    if (what_.last_line) {
        sys::write_without_waiting(standard_error, line.view());
    }
    if (what_.report_file != nullptr) {
        if (const int error = sys::try_replace_file(what_.report_file, line.view()); error != 0) {
            message() << "cannot write the report " << what_.report_file << ": "
                      << sys::error_text(error);
        }
    }
}

}  // namespace lastcall::keeper
