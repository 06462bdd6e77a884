// Clients that read a response which lasts: an event stream, or chunks. A stream is served
// when its framing ends, not when its bytes stop; one connection for each.
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

class stream_client final : public http_client {
public:
    stream_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                  const lane_plan& plan)
        : http_client(shared, texts->lane), texts_(std::move(texts)) {
        set_patience(shared.patience + plan.takes);
    }

    [[nodiscard]] bool is_in_place() const override {
        return aim() == cell::none || cell_now() == cell::streaming;
    }

    [[nodiscard]] cell cell_now() const override {
        return waits_for_answer() && response().got() == progress::body ? cell::streaming
                                                                        : http_client::cell_now();
    }

private:
    void tick() override {
        if (!busy() && routes_open()) {
            ask(texts_->get.next(context(), room_), clock::now());
        }
    }

    void on_answer(const exchange&, bool usable) override {
        if (usable) {
            close(quiet_end::by_us, true);
        }
        if (routes_open()) {
            tick_at(clock::now() + pause_after_failure);
        }
    }

    std::shared_ptr<const lane_texts> texts_;
    std::string room_;
};

}  // namespace

lane make_stream_lane(load_context& shared, const lane_plan& plan) {
    const auto texts =
        std::make_shared<const lane_texts>(shared, plan, "Accept: text/event-stream, */*\r\n");
    auto made =
        lane_of(plan, [&](int) { return std::make_unique<stream_client>(shared, texts, plan); });
    made.plan.ramp = std::max(plan.ramp, plan.takes / 2);  // they are at different places
    return made;
}

}  // namespace lastcall::drill
