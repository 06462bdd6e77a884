#include "drill/lane_stream.hpp"

namespace lastcall::drill {
namespace {

class stream_client final : public lane_client {
public:
    stream_client(load_context& shared, const stream_plan& plan)
        : lane_client(shared, "stream"), target_(plan.path + std::to_string(plan.takes.count())) {
        set_patience(shared.patience + plan.takes);
    }

private:
    void tick() override { start({"GET", target_, {}, {}}, clock::now()); }

    void on_answer(const exchange&, bool usable) override {
        if (usable) {
            close();
        }
        if (context().routes_open) {
            tick_at(clock::now() + pause_after_failure);
        }
    }

    const std::string target_;
};

}  // namespace

lane make_stream_lane(load_context& shared, const stream_plan& plan) {
    lane made;
    made.ramp = plan.takes / 2;  // so that a signal finds the streams at different places
    for (int i = 0; i < plan.connections; ++i) {
        made.clients.push_back(std::make_unique<stream_client>(shared, plan));
    }
    return made;
}

}  // namespace lastcall::drill
