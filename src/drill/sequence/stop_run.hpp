// One stop while it is carried out: its state, shared by the loop that looks for what happens
// (stop_runner.cpp) and by what the sequence has it do (stop_actions.cpp).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "drill/sequence/running_command.hpp"
#include "drill/sequence/stop_machine.hpp"
#include "drill/sequence/stop_runner.hpp"

namespace lastcall::drill {

/// What the arguments refer to has to outlive it.
class stop_run {
public:
    stop_run(const sequence_plan& plan, subject& who, load_hooks& load, stop_watch& watch,
             const stop_control& control, trial_record& into);

    /// See run_stop(). Once.
    void run();

private:
    static std::chrono::nanoseconds now() { return clock::now().time_since_epoch(); }

    // The loop.
    void refuse_the_dead();
    void wait();
    void look();
    void look_at_exit();
    void count();
    void tell(const happening& what);
    void give_up();
    void finish();
    void wait_for_the_reaper();
    void judge_platform_kill();

    // What the machine asks for.
    void carry_out(action& what);
    void strike(action& what);
    /// Returns: the last error but ESRCH, or 0.
    /// Threads: also that of the load.
    int send(const std::vector<sending>& signals);
    void note_failures(int error);
    std::unique_ptr<running_command> prepare(const std::string& role,
                                             const std::vector<std::string>& argv);
    void begin_command(const std::string& role, const std::vector<std::string>& argv);
    void start_successor();
    void explain_when_due();
    void explain_now();

    // What is kept and told.
    void set_mark(mark which, moment when);
    void say(const std::string& text);
    [[nodiscard]] std::string after_strike() const;

    const sequence_plan& plan_;
    subject& who_;
    load_hooks& load_;
    stop_watch& watch_;
    const stop_control& control_;
    trial_record& into_;
    std::vector<std::string> own_stop_;
    std::unique_ptr<stop_machine> machine_;
    command_slot command_;
    std::vector<moment> explain_at_;
    moment struck_{};
    moment next_count_{};
    int main_pid_ = 0;
    bool has_ended_ = false;
    bool all_ended_ = false;
    bool killed_by_us_ = false;
    bool gave_up_ = false;  // it ran, and we killed it because the drill was interrupted
    bool said_stopping_ = false;
};

}  // namespace lastcall::drill
