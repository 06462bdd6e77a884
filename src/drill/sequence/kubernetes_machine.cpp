// The end of a pod: the withdrawal of its routes and the preStop hook begin together, and
// know nothing of each other; hook and signal share one grace.
#include <algorithm>

#include "drill/sequence/stop_machine.hpp"

namespace lastcall::drill {
namespace {

/// What the kubelet grants after a hook that took it all.
constexpr std::chrono::nanoseconds least_grace = std::chrono::seconds(2);

class kubernetes_machine final : public stop_machine {
public:
    explicit kubernetes_machine(const sequence_plan& plan) : stop_machine(plan) {}

private:
    void on(const happening& what) override {
        switch (what.what) {
            case happening::kind::begun:
                begin(what.now);
                break;
            case happening::kind::command_ended:
                if (in_hook_) {
                    end_hook(what.now);
                }
                break;
            case happening::kind::struck:
                set(timer::grace, what.now, left_);
                plan_second_signal(what.now);
                break;
            case happening::kind::main_ended:
                end(in_hook_ ? "it ended during preStop, before the signal" : "");
                break;
            default:
                break;
        }
    }

    void begin(ns now) {
        begun_ = now;
        const bool has_hook = plan_.pre_stop.what != pre_stop_plan::kind::none;
        if (plan_routes(now) && has_hook) {
            act({.what = action::kind::withdraw_routes, .at = mark::routes_withdrawn});
        }
        if (!has_hook) {
            left_ = std::max(plan_.grace, least_grace);
            strike();
            return;
        }
        in_hook_ = true;
        set(timer::grace, now, plan_.grace);
        switch (plan_.pre_stop.what) {
            case pre_stop_plan::kind::exec:
                act({.what = action::kind::run,
                     .command = plan_.pre_stop.exec,
                     .role = "preStop",
                     .at = mark::pre_stop_begun});
                break;
            case pre_stop_plan::kind::http_get:
                act({.what = action::kind::fetch,
                     .url = plan_.pre_stop.url,
                     .role = "preStop",
                     .at = mark::pre_stop_begun});
                break;
            default:
                act({.what = action::kind::begin_pause, .at = mark::pre_stop_begun});
                set(timer::pause, now, plan_.pre_stop.sleep);
                break;
        }
    }

    void on_timer(timer which, ns now) override {
        switch (which) {
            case timer::pause:
                end_hook(now);
                break;
            case timer::grace:
                if (in_hook_) {
                    act({.what = action::kind::abandon,
                         .note = "preStop took the whole grace: the signal leaves it 2 s"});
                    end_hook(now);
                } else {
                    run_out_of_grace(sending::whom::everybody, now);
                }
                break;
            default:
                break;
        }
    }

    void end_hook(ns now) {
        in_hook_ = false;
        clear(timer::pause);
        clear(timer::grace);
        act({.what = action::kind::end_pause, .at = mark::pre_stop_ended});
        left_ = plan_.grace == ns::max() ? plan_.grace
                                         : std::max(plan_.grace - (now - begun_), least_grace);
        strike();
    }

    void strike() {
        act({.what = action::kind::strike,
             .signals = {{sending::whom::main, plan_.signal}},
             .withdraws = plan_.route_lag == ns::zero() &&
                          plan_.pre_stop.what == pre_stop_plan::kind::none});
    }

    ns begun_{};
    ns left_{};
    bool in_hook_ = false;
};

}  // namespace

std::unique_ptr<stop_machine> make_kubernetes_machine(const sequence_plan& plan) {
    return std::make_unique<kubernetes_machine>(plan);
}

}  // namespace lastcall::drill
