// Clients that send three requests in one write, and expect three answers in order
// (RFC 9112, 9.3.2). Each is an exchange of its own.
//
// A server that announces the end of the connection in one answer does not process what
// comes after it (RFC 9112, 9.6), and the client knows: those requests can be sent again. They
// count as `behind_close`, legal, whatever kernel had their bytes. Without an announcement they
// count as any request that was sent.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "drill/http/response_parser.hpp"
#include "drill/load/lanes.hpp"

namespace lastcall::drill {

class pipelined_client final : public client {
public:
    pipelined_client(load_context& shared, std::shared_ptr<const lane_texts> texts,
                     const lane_plan& plan)
        : client(shared, texts->lane),
          texts_(std::move(texts)),
          think_(plan.think.count() > 0 ? plan.think : usual_think) {}

    [[nodiscard]] bool finished() const noexcept override {
        return waiting() == 0 && client::finished();
    }

    [[nodiscard]] cell cell_now() const override {
        if (!is_open() || (waiting() == 0 && answered_ == 0)) {
            return client::cell_now();
        }
        if (waiting() == 0) {
            return context().is_just_idle(last_answer_ns_) ? cell::just_idle : cell::idle;
        }
        return waiting() > 1 ? cell::pipelined : cell::waiting;
    }

    void aim_for(cell wanted) override {
        client::aim_for(wanted);
        if (wanted == cell::none || waiting() != 0) {
            return;
        }
        if (is_open()) {
            cancel_tick();
        } else if (!tick_is_set()) {
            tick_at(clock::now());
        }
    }

    [[nodiscard]] bool is_in_place() const override {
        return aim() == cell::none || (is_open() && waiting() == 0);
    }

    void write_in_turn() override {
        if (aim() == cell::pipelined && is_open() && waiting() == 0) {
            write_batch();
        }
    }

    void wind_down() override {
        client::wind_down();
        if (waiting() == 0) {
            cancel_tick();
            if (!is_closed()) {
                close(quiet_end::by_us, true);
            }
        }
    }

private:
    static constexpr std::size_t at_once = 3;
    static constexpr std::chrono::milliseconds usual_think{20};

    [[nodiscard]] std::size_t waiting() const noexcept { return at_once - next_; }

    void tick() override {
        if (waiting() != 0) {
            return;
        }
        if (is_open()) {
            write_batch();
        } else if (is_closed() && routes_open()) {
            wait_until(clock::now() + context().patience);
            connect();
        }
    }

    void on_open() override {
        wait_no_more();
        if (!context().is_filling || aim() == cell::none) {
            write_batch();
        }
    }

    void on_no_connection(ending how, int error) override;
    void on_bytes(std::string_view bytes) override;
    void on_end(ending how, int error) override { over(how, error); }
    void on_timeout() override;
    void write_batch();
    /// Plans the next batch. `usable`: the connection can carry it.
    void again(bool usable);

    void abandon() override {
        if (waiting() != 0) {
            end_batch(ending::client_ended, 0, announced_ ? std::optional(false) : std::nullopt);
        }
    }

    // What becomes of the requests.

    /// The next answer is whole. Returns: whether another may follow on the connection.
    bool answered();
    [[nodiscard]] evidence evidence_of(ending how) const;
    void finish_one(exchange& one, const evidence& seen);
    void record(exchange& one);
    /// The connection is over, with or without requests that wait.
    void over(ending how, int error);
    /// `reset_followed`  set: the answer at hand is whole, and announced the end
    void end_batch(ending how, int error, std::optional<bool> reset_followed);
    void end_unprocessed();

    [[nodiscard]] std::string_view target() { return texts_->get.next(context(), room_).target; }

    std::shared_ptr<const lane_texts> texts_;
    const std::chrono::nanoseconds think_;
    std::string room_;
    std::string wire_text_;
    std::array<exchange, at_once> batch_;
    std::size_t next_ = at_once;  // the first that waits for its answer
    bool announced_ = false;      // the answer at hand is whole, and is the last
    std::uint64_t sent_before_ = 0;
    response_parser parser_;
};

}  // namespace lastcall::drill
