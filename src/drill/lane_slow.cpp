#include "drill/lane_slow.hpp"

namespace lastcall::drill {
namespace {

class slow_client final : public lane_client {
public:
    slow_client(load_context& shared, const slow_plan& plan)
        : lane_client(shared, "slow"), target_(plan.path + std::to_string(plan.takes.count())) {
        set_patience(shared.patience + plan.takes);
    }

private:
    void tick() override { start({"GET", target_, {}, {}}, clock::now()); }

    void on_answer(const exchange& one, bool usable) override {
        if (usable) {
            tick_at(clock::now());
        } else if (context().routes_open) {
            const bool fine = judge(one.result) == verdict_on::fine;
            tick_at(clock::now() + (fine ? std::chrono::milliseconds(0) : pause_after_failure));
        }
    }

    const std::string target_;
};

}  // namespace

lane make_slow_lane(load_context& shared, const slow_plan& plan) {
    lane made;
    made.ramp = plan.takes;
    for (int i = 0; i < plan.connections; ++i) {
        made.clients.push_back(std::make_unique<slow_client>(shared, plan));
    }
    return made;
}

}  // namespace lastcall::drill
