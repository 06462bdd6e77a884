// An event that the service is to live through: a signal (reload) or a command (a deploy).
// Afterwards the load goes on for a while, to see what the new generation does.
#include "drill/sequence/stop_machine.hpp"

namespace lastcall::drill {
namespace {

class event_machine final : public stop_machine {
public:
    explicit event_machine(const sequence_plan& plan) : stop_machine(plan) {}

private:
    void on(const happening& what) override {
        switch (what.what) {
            case happening::kind::begun: {
                action strike{.what = action::kind::strike};
                if (plan_.event.empty()) {
                    strike.signals = {
                        {plan_.to_all ? sending::whom::everybody : sending::whom::main,
                         plan_.signal}};
                } else {
                    strike.command = plan_.event;
                    strike.role = "event";
                }
                act(std::move(strike));
                break;
            }
            case happening::kind::struck:
                if (plan_.event.empty()) {
                    set(timer::settle, what.now, plan_.settle);
                } else {
                    set(timer::grace, what.now, plan_.grace);
                }
                plan_second_signal(what.now);
                break;
            case happening::kind::command_ended:
                clear(timer::grace);
                act({.what = action::kind::say, .at = mark::event_ended});
                set(timer::settle, what.now, plan_.settle);
                break;
            default:
                // Also main_ended: a deploy ends it; whoever answers now is the successor's
                // business.
                break;
        }
    }

    void on_timer(timer which, ns now) override {
        if (which == timer::settle) {
            end();
        } else if (which == timer::grace) {
            act({.what = action::kind::abandon,
                 .note = "the event did not end within the grace; give it more (--grace)"});
            set(timer::settle, now, plan_.settle);
        }
    }
};

}  // namespace

std::unique_ptr<stop_machine> make_event_machine(const sequence_plan& plan) {
    return std::make_unique<event_machine>(plan);
}

}  // namespace lastcall::drill
