// The signal, the grace, SIGKILL: by hand, by docker, after a successor is ready, and as the
// control run that has no grace at all.
#include "drill/sequence/stop_machine.hpp"

namespace lastcall::drill {
namespace {

class signal_machine final : public stop_machine {
public:
    explicit signal_machine(const sequence_plan& plan) : stop_machine(plan) {}

private:
    using whom = sending::whom;

    void on(const happening& what) override {
        switch (what.what) {
            case happening::kind::begun:
                if (plan_.kind == sequence_kind::rolling) {
                    act({.what = action::kind::start_successor});
                } else {
                    strike(what.now);
                }
                break;
            case happening::kind::successor:
                if (what.status == 0) {
                    strike(what.now);
                } else {
                    end("the successor did not get ready: the old one was not stopped, as in a "
                        "rolling deploy");
                }
                break;
            case happening::kind::struck:
                set(timer::grace, what.now, is_crash() ? patience_after_kill : plan_.grace);
                if (!is_crash()) {
                    plan_second_signal(what.now);
                }
                is_killed_ = is_crash();
                break;
            case happening::kind::main_ended:
                end();
                break;
            default:
                break;
        }
    }

    void on_timer(timer which, ns now) override {
        if (which == timer::grace) {
            run_out_of_grace(kill_to(), now);
        }
    }

    [[nodiscard]] whom second_to() const override { return first_to(); }

    void strike(ns now) {
        // A deploy leaves the routes as they are: the successor answers on them.
        const bool withdraws = plan_.kind != sequence_kind::rolling && plan_routes(now);
        action what{.what = action::kind::strike, .withdraws = withdraws};
        if (is_crash()) {
            what.signals = {{kill_to(), sigkill}};
            what.at = mark::killed;
        } else {
            what.signals = {{first_to(), plan_.signal}};
        }
        act(std::move(what));
    }

    [[nodiscard]] bool is_crash() const { return plan_.kind == sequence_kind::crash; }
    [[nodiscard]] whom first_to() const { return plan_.to_all ? whom::everybody : whom::main; }
    /// The end of PID 1 is the end of its namespace: that is what docker relies on.
    [[nodiscard]] whom kill_to() const {
        return plan_.kind == sequence_kind::docker ? whom::main : whom::everybody;
    }
};

}  // namespace

std::unique_ptr<stop_machine> make_signal_machine(const sequence_plan& plan) {
    return std::make_unique<signal_machine>(plan);
}

}  // namespace lastcall::drill
