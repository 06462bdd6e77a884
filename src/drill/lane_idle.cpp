#include "drill/lane_idle.hpp"

namespace lastcall::drill {
namespace {

class idle_client final : public lane_client {
public:
    idle_client(load_context& shared, const idle_plan& plan)
        : lane_client(shared, "idle"), target_(plan.get) {}

private:
    void tick() override { start({"GET", target_, {}, {}}, clock::now()); }

    void on_answer(const exchange&, bool usable) override {
        if (!usable) {
            again();
        }
    }

    void on_lost(quiet_end) override { again(); }

    void again() {
        if (context().routes_open) {
            tick_at(clock::now() + pause_after_failure);
        }
    }

    const std::string target_;
};

}  // namespace

lane make_idle_lane(load_context& shared, const idle_plan& plan) {
    lane made;
    made.ramp = plan.ramp;
    for (int i = 0; i < plan.connections; ++i) {
        made.clients.push_back(std::make_unique<idle_client>(shared, plan));
    }
    return made;
}

}  // namespace lastcall::drill
