// The readiness probe: a GET on a new connection each time, like a platform's. It goes on
// when the routes are withdrawn, and what it sees is a mark and not a request of the load.
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

class probe_client final : public http_client {
public:
    probe_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                 const lane_plan& plan)
        : http_client(shared, texts->lane), texts_(std::move(texts)), every_(plan.every) {
        set_patience(std::min<std::chrono::nanoseconds>(shared.patience, std::chrono::seconds(1)));
    }

    /// It never has an end of its own: nobody waits for it.
    [[nodiscard]] bool finished() const noexcept override { return true; }

    void routes_closed() override {}

private:
    [[nodiscard]] bool routes_open() const override { return !winds_down(); }

    void tick() override {
        due_ = clock::now();
        if (!busy()) {
            ask(texts_->get.next(context(), room_), due_);
        }
    }

    void on_answer(const exchange&, bool usable) override {
        if (usable) {
            close(quiet_end::by_us, false);
        }
        if (!winds_down()) {
            tick_at(std::max(due_ + every_, clock::now() + std::chrono::milliseconds(1)));
        }
    }

    /// `not_ready` is the first answer of those that did not come right again before the
    /// signal: a probe that fails once while the load begins says nothing about the stop.
    void record(const exchange& one) override {
        if (one.result == outcome::ended_by_us || one.result == outcome::generator_fault) {
            return;
        }
        const bool is_ready =
            blame_of(one.result) == blame::none && one.status >= 200 && one.status < 300;
        auto& shown = context().counters.ready;
        const bool was_ready = shown.load(std::memory_order_relaxed) == 1;
        shown.store(is_ready ? 1 : 0, std::memory_order_relaxed);
        if (is_ready && context().signal_ns == 0) {
            context().log.marks.set(mark::not_ready, 0);
        } else if (!is_ready && (was_ready || context().signal_ns != 0)) {
            context().log.marks.set_first(mark::not_ready, unready_since(one));
        }
    }

    /// An answer tells at its time; of a question without one the service was no longer there
    /// to take it when it was asked (a SYN that is dropped is only sent again after 1 s).
    [[nodiscard]] std::int64_t unready_since(const exchange& one) {
        return one.status != 0 ? one.end_ns : std::max(one.intended_ns, context().signal_ns);
    }

    std::shared_ptr<const lane_texts> texts_;
    const std::chrono::nanoseconds every_;
    moment due_{};
    std::string room_;
};

}  // namespace

lane make_probe_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    auto made =
        lane_of(plan, [&](int) { return std::make_unique<probe_client>(shared, texts, plan); });
    made.clients.resize(1);  // one platform asks
    return made;
}

}  // namespace lastcall::drill
