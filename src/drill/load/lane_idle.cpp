// Clients that sent one request and then nothing (idle), or nothing at all (silent), and keep
// their connection: they must not hold up a stop, and ending them is no loss.
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

class idle_client final : public http_client {
public:
    idle_client(load_context& shared, std::shared_ptr<const lane_texts> texts, bool asks)
        : http_client(shared, texts->lane), texts_(std::move(texts)), asks_(asks) {}

    [[nodiscard]] bool is_in_place() const override {
        return aim() == cell::none || cell_now() == aim();
    }

private:
    void tick() override {
        if (!is_closed() || busy() || !routes_open()) {
            return;
        }
        if (asks_) {
            ask(texts_->get.next(context(), room_), clock::now());
        } else {
            connect_quietly();
        }
    }

    void on_answer(const exchange&, bool usable) override {
        if (!usable) {
            again();
        }
    }

    void on_lost(quiet_end) override { again(); }

    void again() {
        if (routes_open()) {
            tick_at(clock::now() + pause_after_failure);
        }
    }

    std::shared_ptr<const lane_texts> texts_;
    const bool asks_;
    std::string room_;
};

lane make(load_context& shared, const lane_plan& plan, bool asks) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan, [&](int) { return std::make_unique<idle_client>(shared, texts, asks); });
}

}  // namespace

lane make_idle_lane(load_context& shared, const lane_plan& plan) {
    return make(shared, plan, true);
}

lane make_silent_lane(load_context& shared, const lane_plan& plan) {
    return make(shared, plan, false);
}

}  // namespace lastcall::drill
