#include "drill/lane_silent.hpp"

namespace lastcall::drill {
namespace {

class silent_client final : public lane_client {
public:
    explicit silent_client(load_context& shared) : lane_client(shared, "silent") {}

private:
    void tick() override { connect_only(); }
    void on_answer(const exchange&, bool) override {}

    void on_lost(quiet_end) override {
        if (context().routes_open) {
            tick_at(clock::now() + pause_after_failure);
        }
    }
};

}  // namespace

lane make_silent_lane(load_context& shared, const silent_plan& plan) {
    lane made;
    made.ramp = std::chrono::milliseconds(200);
    for (int i = 0; i < plan.connections; ++i) {
        made.clients.push_back(std::make_unique<silent_client>(shared));
    }
    return made;
}

}  // namespace lastcall::drill
