// A stop that somebody else carries out (docker stop, systemctl stop, a script): its command
// is begun, and from then on there is only waiting. Signal, grace and SIGKILL are its own.
#include "drill/sequence/stop_machine.hpp"

namespace lastcall::drill {
namespace {

/// Beyond the grace, for the platform's own work.
constexpr std::chrono::nanoseconds platform_takes = std::chrono::seconds(30);
/// Between the end of the command and the end of the process, when it says it is done.
constexpr std::chrono::nanoseconds end_is_near = std::chrono::seconds(5);

class external_machine final : public stop_machine {
public:
    external_machine(const sequence_plan& plan, std::vector<std::string> command)
        : stop_machine(plan), command_(std::move(command)) {}

private:
    void on(const happening& what) override {
        switch (what.what) {
            case happening::kind::begun:
                act({.what = action::kind::strike,
                     .command = command_,
                     .role = "stop command",
                     .withdraws = plan_routes(what.now)});
                break;
            case happening::kind::struck:
                if (plan_.grace < ns::max() - platform_takes) {
                    set(timer::patience, what.now, plan_.grace + platform_takes);
                }
                plan_second_signal(what.now);
                break;
            case happening::kind::command_ended:
                has_command_ended_ = true;
                act({.what = action::kind::say, .at = mark::event_ended});
                if (has_main_ended_) {
                    end();
                } else if (what.status != 0) {
                    end("the stop command failed, and the process is still there");
                } else {
                    set(timer::patience, what.now, end_is_near);
                }
                break;
            case happening::kind::main_ended:
                has_main_ended_ = true;
                clear(timer::second);
                if (has_command_ended_) {
                    end();
                } else {
                    set(timer::patience, what.now, end_is_near);
                }
                break;
            default:
                break;
        }
    }

    void on_timer(timer which, ns) override {
        if (which == timer::patience) {
            if (!has_command_ended_) {
                act({.what = action::kind::abandon,
                     .note = has_main_ended_ ? "the stop command did not end with the process"
                                             : "the stop command took longer than the grace and "
                                               "30 s: not waited for any more"});
            }
            end(has_main_ended_ ? "" : "the process is still there after its stop");
        }
    }

    std::vector<std::string> command_;
    bool has_command_ended_ = false;
    bool has_main_ended_ = false;
};

}  // namespace

std::unique_ptr<stop_machine> make_external_machine(const sequence_plan& plan,
                                                    const std::vector<std::string>& command) {
    return std::make_unique<external_machine>(plan, command);
}

}  // namespace lastcall::drill
