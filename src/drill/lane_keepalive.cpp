#include "drill/lane_keepalive.hpp"

namespace lastcall::drill {
namespace {

class keepalive_client final : public lane_client {
public:
    keepalive_client(load_context& shared, const keepalive_plan& plan, int number)
        : lane_client(shared, plan.lane), plan_(plan), number_(number) {}

private:
    void tick() override {
        auto& random = context().random;
        if (std::uniform_real_distribution<double>(0, 1)(random) < plan_.post_share) {
            start(order(), clock::now());
        } else {
            start({"GET", plan_.get, {}, {}}, clock::now());
        }
    }

    request order() {
        const auto quantity = std::uniform_int_distribution<int>(1, 9)(context().random);
        return {"POST", plan_.post, "Content-Type: application/json\r\n",
                "{\"item\":\"k" + std::to_string(number_) + "-" + std::to_string(++orders_) +
                    "\",\"quantity\":" + std::to_string(quantity) + "}"};
    }

    void on_answer(const exchange&, bool usable) override {
        if (usable || context().routes_open) {
            const auto share = std::uniform_real_distribution<double>(0.5, 1.5)(context().random);
            const auto think = usable ? plan_.think : std::max(plan_.think, pause_after_failure);
            tick_at(clock::now() +
                    std::chrono::duration_cast<std::chrono::nanoseconds>(think * share));
        }
    }

    const keepalive_plan plan_;
    const int number_;
    int orders_ = 0;
};

}  // namespace

lane make_keepalive_lane(load_context& shared, const keepalive_plan& plan) {
    lane made;
    made.ramp = std::chrono::milliseconds(200);
    for (int i = 0; i < plan.connections; ++i) {
        made.clients.push_back(std::make_unique<keepalive_client>(shared, plan, i + 1));
    }
    return made;
}

}  // namespace lastcall::drill
