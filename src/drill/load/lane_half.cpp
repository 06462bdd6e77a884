// Clients whose request is under way for a while: half of its head, its head and half of its
// body, or a body that trickles. The rest comes later, also after the signal, and then the
// answer is expected: the server had taken the beginning.
#include "drill/load/paced_client.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::seconds usual_half_hold{1};
constexpr std::size_t most_pieces = 20;

class half_client final : public paced_client {
public:
    half_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                const lane_plan& plan)
        : paced_client(shared, std::move(texts), takes_of(plan, usual_half_hold)),
          kind_(plan.kind) {}

    void aim_for(cell wanted) override {
        client::aim_for(wanted);
        if (wanted != cell::none && !busy() && !tick_is_set()) {
            tick_at(clock::now());
        }
    }

private:
    void go_on() override {
        const auto size = request().bytes.size();
        const bool is_last = released() + piece_ >= size;
        if (is_last && context().is_filling && aim() != cell::none) {
            tick_at(clock::now() + pause_after_failure);  // the signal finds it half done
            return;
        }
        release(is_last ? size : released() + piece_);
        if (!is_last) {
            tick_at(clock::now() + gap_);
        }
    }

    void begin() override {
        const bool has_body = kind_ != lane_kind::half_head;
        const auto what = next(has_body ? *texts().post : texts().get);
        const auto body = what.bytes.size() - what.head_size;
        std::size_t first = what.head_size / 2;
        std::size_t pieces = 1;
        if (has_body) {
            first = what.head_size + body / 2;
        }
        if (kind_ == lane_kind::slow_up) {
            pieces = std::clamp<std::size_t>(body, 1, most_pieces);
            first = what.head_size;
        }
        piece_ = (what.bytes.size() - first + pieces - 1) / pieces;
        gap_ = takes() / static_cast<std::int64_t>(pieces);
        tick_at(clock::now() + gap_);
        ask(what, clock::now(), first);
    }

    void signal_sent() override {
        if (busy() && kind_ != lane_kind::slow_up) {
            tick_at(clock::now() + hold_after_signal);
        }
    }

    const lane_kind kind_;
    std::size_t piece_ = 0;
    std::chrono::nanoseconds gap_{};
};

lane make(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan, [&](int) { return std::make_unique<half_client>(shared, texts, plan); });
}

}  // namespace

lane make_half_head_lane(load_context& shared, const lane_plan& plan) { return make(shared, plan); }
lane make_half_body_lane(load_context& shared, const lane_plan& plan) { return make(shared, plan); }
lane make_slow_up_lane(load_context& shared, const lane_plan& plan) { return make(shared, plan); }

}  // namespace lastcall::drill
