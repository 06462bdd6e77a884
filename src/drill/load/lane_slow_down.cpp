// Clients that are slow to read, behind a small receive buffer. Half of them read at a pace;
// the others leave the response where it is until the time is over: then the server has
// written all that the kernels hold, and nobody has read it.
#include "drill/load/paced_client.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::seconds usual_time{2};
constexpr std::chrono::milliseconds gap{50};
constexpr int small_buffer = 4096;
constexpr std::uint64_t unknown_piece = 16 * 1024;

class slow_down_client final : public paced_client {
public:
    slow_down_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                     const lane_plan& plan, bool reads_at_a_pace)
        : paced_client(shared, std::move(texts), takes_of(plan, usual_time)),
          paces_(reads_at_a_pace) {
        set_receive_buffer(small_buffer);
    }

    [[nodiscard]] cell cell_now() const override {
        if (!paces_ && holds_back_ && waits_for_answer() && is_open()) {
            // Bytes that wait were sent by the server, and are read by nobody.
            return sys::peek(wire().fd()).status == sys::io_status::done ? cell::body_unread
                                                                         : cell::waiting;
        }
        return http_client::cell_now();
    }

private:
    void go_on() override {
        if (!paces_) {
            if (context().is_filling && aim() != cell::none) {
                tick_at(clock::now() + gap);
                return;
            }
            holds_back_ = false;
            read_at_most(std::numeric_limits<std::uint64_t>::max());
            return;
        }
        const auto left = response().missing();
        const bool is_end = left <= piece_ && response().got() == progress::body;
        const bool waits = is_end && context().is_filling && aim() != cell::none;
        tick_at(clock::now() + gap);
        if (!waits) {
            read_at_most(piece_);
        }
    }

    void begin() override {
        piece_ = unknown_piece;
        holds_back_ = !paces_;
        tick_at(clock::now() + (paces_ ? std::chrono::nanoseconds(gap) : takes()));
        ask(next(texts().get), clock::now());
        read_at_most(paces_ ? std::uint64_t{1024} : 0);
    }

    void on_open() override {
        http_client::on_open();
        if (holds_back_) {
            read_at_most(0);
        }
    }

    void on_head() override {
        if (const auto whole = response().missing(); paces_ && whole != 0) {
            piece_ =
                std::max<std::uint64_t>(1, whole * static_cast<std::uint64_t>(gap.count()) /
                                               static_cast<std::uint64_t>(std::max<std::int64_t>(
                                                   1, takes() / std::chrono::milliseconds(1))));
        }
    }

    void signal_sent() override {
        if (busy() && !paces_) {
            tick_at(clock::now() + hold_after_signal);
        }
    }

    const bool paces_;
    bool holds_back_ = false;
    std::uint64_t piece_ = unknown_piece;
};

}  // namespace

lane make_slow_down_lane(load_context& shared, const lane_plan& plan) {
    const auto texts = std::make_shared<const lane_texts>(shared, plan);
    return lane_of(plan, [&](int number) {
        return std::make_unique<slow_down_client>(shared, texts, plan, number % 2 == 0);
    });
}

}  // namespace lastcall::drill
