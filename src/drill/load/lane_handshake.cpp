// Clients in the middle of a TLS handshake: the ClientHello is sent, and what the server
// answers is left alone for a while. Then the handshake goes on, and a request follows.
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::seconds usual_hold{1};

class handshake_client final : public http_client {
public:
    handshake_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                     const lane_plan& plan)
        : http_client(shared, texts->lane),
          texts_(std::move(texts)),
          takes_(takes_of(plan, usual_hold)) {
        set_patience(shared.patience + takes_ + hold_after_signal);
    }

    [[nodiscard]] bool is_in_place() const override {
        return aim() == cell::none || cell_now() == cell::handshake;
    }

private:
    void tick() override {
        if (!busy()) {
            if (routes_open()) {
                tick_at(clock::now() + takes_);
                ask(texts_->get.next(context(), room_), clock::now());
                hold_tls();
            }
        } else if (context().is_filling && aim() != cell::none) {
            tick_at(clock::now() + pause_after_failure);  // the signal finds it there
        } else {
            go_on_with_tls();
        }
    }

    void on_answer(const exchange&, bool usable) override {
        cancel_tick();
        if (usable) {
            close(quiet_end::by_us, true);
        }
        if (routes_open()) {
            tick_at(clock::now() + pause_after_failure);
        }
    }

    void signal_sent() override {
        if (busy()) {
            tick_at(clock::now() + hold_after_signal);
        }
    }

    std::shared_ptr<const lane_texts> texts_;
    const std::chrono::nanoseconds takes_;
    std::string room_;
};

}  // namespace

lane make_handshake_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan,
                   [&](int) { return std::make_unique<handshake_client>(shared, texts, plan); });
}

}  // namespace lastcall::drill
