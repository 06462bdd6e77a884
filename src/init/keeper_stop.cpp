// What the machine says, done.
#include <algorithm>

#include "core/command_words.hpp"
#include "core/keeper_exit.hpp"
#include "init/keeper.hpp"
#include "init/last_line.hpp"
#include "init/message.hpp"
#include "init/service_status.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/output.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_signals.hpp"
#include "sys/signal/signal_names.hpp"
#include "wire/stop_value.hpp"

namespace lastcall::init {

using namespace std::chrono_literals;
using core::keeper_action;

namespace {

constexpr auto kill_again = 20ms;  ///< those who were born while we killed
constexpr int standard_error = 2;

bool ask_status(void*, int pid, std::chrono::nanoseconds until, core::text_sink& into) noexcept {
    return append_in_flight(pid, std::min(until, sys::monotonic_now() + status_patience), into);
}

/// The shell's affair; in an image without one, words between blanks.
class pre_stop_command {
public:
    /// Returns: false for more words than there is room for.
    bool read(const char* text) noexcept {
        static char shell[] = "/bin/sh";
        static char option[] = "-c";
        if (sys::can_run(shell)) {
            words_ = {shell, option, const_cast<char*>(text), nullptr};
            return true;
        }
        text_ << text;
        return !text_.is_cut() && core::split_words(text_.c_str(), words_) < words_.size();
    }
    [[nodiscard]] char* const* argv() const noexcept { return words_.data(); }

private:
    core::fixed_text<2048> text_;
    std::array<char*, 64> words_{};
};

}  // namespace

void keeper::begin_stop(core::keeper_cause cause) noexcept {
    if (!machine_.is_stopping()) {
        stop_has_begun();
    }
    carry_out(machine_.stop_asked(sys::monotonic_now(), cause));
    if (what_.command == nullptr) {
        children_changed_ = true;  // nobody's end will come to tell that nothing is left
    }
}

/// Whether it was asked for or the main program has ended by itself: nobody becomes ready
/// any more, and the manager learns it.
void keeper::stop_has_begun() noexcept {
    readiness_.call_off();
    notify_.tell_stopping();
}

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
    const time now = sys::monotonic_now();
    core::environment_wish wish;
    wish.grace = std::max<time>(machine_.kill_at() - now, 1ms);
    wish.pre_stop = {machine_.kill_at(), record_.main_pid};
    int error = pre_stop_environment_.prepare(environment_, wish);
    pre_stop_command command;
    if (error == 0 && !command.read(what_.pre_stop)) {
        error = E2BIG;
    }
    if (error == 0) {
        sys::launch_request request;
        request.argv = command.argv();
        request.environment = child_environment::finish;
        request.context = &pre_stop_environment_;
        pre_stop_ = sys::launch(request, signals_, terminal_);
        error = pre_stop_.error;
    }
    if (error != 0) {
        message() << "cannot start the pre-stop command: " << sys::error_text(error)
                  << "; the stop goes on without it";
        carry_out(machine_.pre_stop_ended(now));
        return;
    }
    pre_stop_.report.reset();  // what cannot be run has 127 as its exit status
}

void keeper::end_pre_stop() noexcept {
    if (pre_stop_.pid != 0) {
        message() << "the pre-stop command has used up its time and is killed: " << what_.pre_stop;
        sys::signal_group(pre_stop_.pid, SIGKILL);
    }
}

void keeper::signal_main() noexcept {
    if (main_has_signal_) {
        main_has_signal_ = false;
        return;
    }
    deliver(sent_for(stop_signal_ != 0 ? stop_signal_ : SIGTERM), true);
}

/// To the main program, and to those around it that the mode reaches.
void keeper::deliver(int number, bool with_deadline) noexcept {
    if (!main_unreaped_) {
        return;
    }
    const int pid = record_.main_pid;
    // Only a child that we have not reaped keeps its group's id from others.
    const bool has_own_group = !shares_group_ && !main_is_adopted_;
    if (what_.to == reach::group && has_own_group) {
        sys::signal_group(pid, number);
    } else if (what_.to == reach::main) {
        deliver_to_main(number, with_deadline);
    } else {
        // First it, so that it does not take the end of a child for a fault; but who is
        // there was looked at before, so that what it starts now is left to it.
        struct delivery {
            keeper& self;
            int number;
            bool with_deadline;
        } first{*this, number, with_deadline};
        const int others[] = {pid, pre_stop_.pid};
        sys::signal_descendants({.root = sys::current_process_id(),
                                 .number = number,
                                 .except = others,
                                 .once_walked =
                                     [](void* context) noexcept {
                                         const auto& what = *static_cast<delivery*>(context);
                                         what.self.deliver_to_main(what.number, what.with_deadline);
                                     },
                                 .context = &first});
    }
    // What is stopped takes no signal until it goes on.
    if (main_is_stopped_ && machine_.is_stopping()) {
        sys::signal_process(main_.handle.get(), record_.main_pid, SIGCONT);
    }
}

void keeper::deliver_to_main(int number, bool with_deadline) noexcept {
    const int pid = record_.main_pid;
    if (with_deadline && knows_budget()) {
        // A service with the library takes the moment of SIGKILL from the signal's value.
        const auto at = std::chrono::floor<std::chrono::milliseconds>(machine_.kill_at());
        sys::signal_process(main_.handle.get(), pid, number, wire::encode_stop_value(at));
    } else {
        sys::signal_process(main_.handle.get(), pid, number);
    }
}

void keeper::forward(int number) noexcept {
    if (!is_launched_) {
        deferred_ |= std::uint64_t{1} << (number - 1);
    } else if (main_unreaped_) {
        deliver(number, false);
    } else if (what_.to != reach::main) {
        sys::signal_descendants({.root = sys::current_process_id(), .number = number});
    }
}

/// What the main program left behind; after that, who has come to us since.
void keeper::signal_rest() noexcept {
    if (!rest_told_) {
        rest_told_.emplace();
    }
    const int root = sys::current_process_id();
    // What is stopped takes no signal until it goes on.
    sys::signal_descendants(
        {.root = root, .number = SIGTERM, .then = SIGCONT, .already = &*rest_told_});
}

/// Before the kill: who is left, and why. A part of the reserve is for that.
void keeper::report() noexcept {
    const int number = sent_for(stop_signal_ != 0 ? stop_signal_ : SIGTERM);
    const signalled who = !main_unreaped_ || what_.to == reach::tree ? signalled::tree
                          : what_.to == reach::group                 ? signalled::group
                                                                     : signalled::main;
    const auto result = write_block_report(
        {
            .root = sys::current_process_id(),
            .main_pid = main_unreaped_ ? record_.main_pid : 0,
            .stop_signal = number,
            .stop_signal_name = sys::signal_name(number),
            .who = who,
            .deadline = sys::monotonic_now() + what_.plan.reserve * 2 / 5,
            .status = {ask_status, nullptr},
        },
        standard_error_lines(), blocked_);
    blocked_count_ = result.listed;
}

void keeper::kill_all() noexcept {
    const time now = sys::monotonic_now();
    next_kill_ = now + kill_again;
    if (!killed_) {
        killed_.emplace();
    }
    std::array<sys::killed_process, 16> killed;
    const auto result =
        sys::kill_descendants(sys::current_process_id(), killed, now + 100ms, {}, &*killed_);
    for (std::size_t i = 0; i < result.listed && record_.killed_count + i < record_.killed.size();
         ++i) {
        kill_record& one = record_.killed[record_.killed_count + i];
        one.pid = killed[i].pid;
        one.command << killed[i].command.view();
        for (std::size_t j = 0; j < blocked_count_; ++j) {
            if (blocked_[j].pid == one.pid) {
                one.why << blocked_[j].why.view();
            }
        }
    }
    record_.killed_count += result.killed;
    // Who came in from outside (docker exec), and who was born faster than we could see.
    sys::kill_namespace();
}

void keeper::finish() noexcept {
    is_finished_ = true;
    const core::keeper_end end{
        // A pause has no main program: its end is the end that was asked for.
        .main_ended = record_.main_ended || what_.command == nullptr,
        .main_killed = record_.main_killed,
        .main_status = record_.main_status,
        .not_ready = machine_.cause() == core::keeper_cause::ready_timeout,
        .in_time = machine_.stopped_in_time(),
        .unclean = machine_.killed(),
    };
    record_.exit_status = core::keeper_exit_status(
        end, {what_.exit_map, what_.exit_map_only_after_stop, what_.exit_unclean});
    std::array<sys::process_entry, 64> left;
    const std::size_t found = sys::find_descendants(sys::current_process_id(), left).count;
    record_.left = static_cast<std::size_t>(
        std::count_if(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(found),
                      [](const sys::process_entry& one) { return !one.is_dead(); }));
    if (record_.left > 0 && machine_.killed()) {
        message() << record_.left << " processes are left that SIGKILL did not end in time";
    }
    if (record_.oom_kills > 0) {
        message() << "killed by the kernel for want of memory since the start: "
                  << record_.oom_kills << "; raise the limit, or find the leak";
    }
    write_report();
}

void keeper::write_report() noexcept {
    if (!what_.last_line && what_.report_file == nullptr && what_.report_fd < 0) {
        return;
    }
    core::fixed_text<16384> line;
    write_last_line(line, what_, machine_, record_, sys::monotonic_now());
    line << '\n';
    if (what_.last_line) {
        sys::write_without_waiting(standard_error, line.view());
    }
    if (what_.report_fd >= 0) {
        if (const int error = sys::write_whole(what_.report_fd, line.view()); error != 0) {
            message() << "cannot write to --report-fd: " << sys::error_text(error);
        }
    }
    if (what_.report_file != nullptr) {
        if (const int error = sys::try_replace_file(what_.report_file, line.view()); error != 0) {
            message() << "cannot write the report " << what_.report_file << ": "
                      << sys::error_text(error);
        }
    }
}

}  // namespace lastcall::init
