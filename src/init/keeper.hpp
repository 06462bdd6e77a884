// The keeper at work: one thread that waits, tells the machine what happens, and does
// what it says.
#pragma once

#include <chrono>
#include <optional>

#include "core/keeper_machine.hpp"
#include "init/block_report.hpp"
#include "init/child_environment.hpp"
#include "init/notify_proxy.hpp"
#include "init/options.hpp"
#include "init/readiness.hpp"
#include "init/stop_record.hpp"
#include "sys/process/cgroup_memory.hpp"
#include "sys/process/launch.hpp"
#include "sys/process/process_signals.hpp"
#include "sys/process/reaper.hpp"
#include "sys/process/terminal.hpp"
#include "sys/signal/signal_inbox.hpp"
#include "sys/waiter.hpp"

namespace lastcall::init {

/// What a terminal stops a job with.
constexpr bool is_job_control(int number) noexcept {
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

/// In a set of signals.
constexpr std::uint64_t bit_of(int number) noexcept { return std::uint64_t{1} << (number - 1); }

class keeper {
public:
    /// `environment` is the keeper's own, and that of the programs it starts.
    keeper(const options& what, char** environment) noexcept;
    keeper(const keeper&) = delete;
    keeper& operator=(const keeper&) = delete;

    /// Starts the main program and stays until the tree is empty, or the budget used up.
    /// Returns: the exit status.
    int run() noexcept;

private:
    using time = std::chrono::nanoseconds;
    using actions = core::keeper_machine::actions;

    // keeper_start.cpp
    bool take_office() noexcept;
    [[nodiscard]] sys::launch_group choose_group() noexcept;
    bool start_main() noexcept;
    void take_launch() noexcept;
    void preflight() noexcept;
    /// Whether a stop has a limit. Under another program's name, only if it was given one.
    [[nodiscard]] bool knows_budget() const noexcept;

    // One turn: wait, then look at everything that may have happened.
    void turn() noexcept;
    [[nodiscard]] std::optional<time> next_wake() const noexcept;
    void take_signals() noexcept;
    void take(const sys::signal_letter& letter) noexcept;
    void remember_sender(const sys::signal_letter& letter) noexcept;
    void take_news(const notify_news& news) noexcept;
    void take_readiness(readiness_check::state state) noexcept;
    void take_main_pid(int pid) noexcept;
    void adopted_main_ended() noexcept;
    void take_children() noexcept;
    void take(const sys::child_change& change) noexcept;
    void main_ended(const sys::child_change& change) noexcept;
    void main_stopped(int by_signal) noexcept;
    void hand_over_terminal() noexcept;
    void pre_stop_ended(const sys::child_change& change) noexcept;
    void take_time() noexcept;

    // What the machine says.
    void begin_stop(core::keeper_cause cause) noexcept;
    void stop_has_begun() noexcept;
    void carry_out(actions what) noexcept;
    void start_pre_stop() noexcept;
    void end_pre_stop() noexcept;
    void signal_main() noexcept;
    void signal_rest() noexcept;
    void report() noexcept;
    void kill_all() noexcept;
    void finish() noexcept;
    void write_report() noexcept;

    void forward(int number) noexcept;
    void deliver(int number, bool with_deadline) noexcept;
    void deliver_to_main(int number, bool with_deadline) noexcept;
    /// What is sent on when `number` comes.
    [[nodiscard]] int sent_for(int number) const noexcept {
        return what_.rewrite[static_cast<std::size_t>(number)];
    }

    const options& what_;
    char** environment_;
    core::keeper_machine machine_;
    stop_record record_;
    sys::signal_inbox signals_;
    sys::terminal terminal_;
    sys::oom_counter oom_;
    std::uint64_t oom_before_ = 0;
    sys::waiter waiter_;
    child_environment main_environment_;
    child_environment pre_stop_environment_;
    notify_proxy notify_;
    readiness_check readiness_;

    bool is_first_process_ = false;
    bool shares_group_ = false;    ///< the main program is in the keeper's own process group
    bool gives_terminal_ = false;  ///< to the main program's group, as a shell would
    sys::launched_process main_;
    bool is_launched_ = false;
    bool main_unreaped_ = false;
    bool main_is_stopped_ = false;
    bool main_is_adopted_ = false;  ///< by MAINPID: a descendant, not our child maybe
    int stop_signal_ = 0;           ///< the latest that asked for a stop
    int signals_in_a_row_ = 0;
    std::uint64_t deferred_ = 0;    ///< signals that came before the main program was there
    bool main_has_signal_ = false;  ///< the terminal has sent it the stop signal already
    sys::launched_process pre_stop_;
    bool children_changed_ = false;
    std::optional<sys::signalled_set> rest_told_;  ///< who had the stop signal as the rest
    std::optional<sys::signalled_set> killed_;
    std::optional<time> next_rest_;
    std::array<blocked_process, 16> blocked_{};  ///< of the block report
    std::size_t blocked_count_ = 0;
    std::optional<time> next_kill_;
    std::optional<time> preflight_at_;
    bool is_finished_ = false;
};

}  // namespace lastcall::init
