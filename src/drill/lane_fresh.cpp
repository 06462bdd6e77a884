#include "drill/lane_fresh.hpp"

namespace lastcall::drill {
namespace {

class fresh_client final : public lane_client {
public:
    fresh_client(load_context& shared, const fresh_plan& plan)
        : lane_client(shared, "fresh"), plan_(plan) {}

private:
    void tick() override { start({"GET", plan_.get, {}, {}}, clock::now()); }

    void on_answer(const exchange&, bool usable) override {
        if (usable) {
            close();
        }
        if (context().routes_open) {
            tick_at(clock::now() + plan_.pause);
        }
    }

    const fresh_plan plan_;
};

}  // namespace

lane make_fresh_lane(load_context& shared, const fresh_plan& plan) {
    lane made;
    made.ramp = std::chrono::milliseconds(200);
    for (int i = 0; i < plan.clients; ++i) {
        made.clients.push_back(std::make_unique<fresh_client>(shared, plan));
    }
    return made;
}

}  // namespace lastcall::drill
