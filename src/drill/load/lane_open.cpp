// Requests at a fixed rate by intended time: over a pool of connections (`open`), or each over
// a new one (`fresh` with a rate).
#include <type_traits>
#include <utility>

#include "drill/load/fresh_client.hpp"
#include "drill/load/open_loop.hpp"
#include "drill/load/pool_client.hpp"

namespace lastcall::drill {
namespace {

/// A client of either kind that asks when it is told to. Around the signal it does what its
/// kind does, and comes back to the loop after the answer.
template <class Kind>
class told_client final : public Kind, public open_worker {
public:
    told_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                const lane_plan& plan, open_loop& loop)
        : Kind(shared, std::move(texts), plan), loop_(loop) {}

    void hand_out(moment due) override { this->ask_next(due); }

    [[nodiscard]] bool can_send() const override {
        return !this->busy() && !this->tick_is_set() && !this->is_held() &&
               (this->is_open() || this->routes_open());
    }
    [[nodiscard]] bool is_occupied() const override {
        return this->busy() || this->is_open() || this->tick_is_set();
    }

private:
    void tick() override {
        if (std::exchange(is_resting_, false) && !this->is_held()) {
            loop_.freed(*this);
        } else {
            Kind::tick();
        }
    }

    void signal_sent() override {
        Kind::signal_sent();
        if (!this->busy() && !this->tick_is_set()) {
            loop_.freed(*this);
        }
    }

    void on_answer(const exchange& one, bool usable) override {
        if (this->is_held()) {
            Kind::on_answer(one, usable);
            return;
        }
        if (usable && std::is_same_v<Kind, fresh_client>) {
            this->close(quiet_end::by_us, true);
        }
        const auto whose = blame_of(one.result);
        if (usable || whose == blame::none || one.result == outcome::not_sent_closed) {
            loop_.freed(*this);
        } else {
            is_resting_ = true;
            this->tick_at(clock::now() + pause_after_failure);
        }
    }

    /// A free client stays free: it connects again when it is told to ask.
    void on_lost(quiet_end) override {}

    open_loop& loop_;
    bool is_resting_ = false;  // after a failure
};

template <class Kind>
lane make(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    auto loop = std::make_unique<open_loop>(shared, plan, texts->lane);
    auto made = lane_of(plan, [&](int) {
        auto one = std::make_unique<told_client<Kind>>(shared, texts, plan, *loop);
        loop->add(*one);
        return one;
    });
    made.driver = std::move(loop);
    return made;
}

}  // namespace

lane make_open_lane(load_context& shared, const lane_plan& plan) {
    return plan.kind == lane_kind::fresh ? make<fresh_client>(shared, plan)
                                         : make<pool_client>(shared, plan);
}

}  // namespace lastcall::drill
