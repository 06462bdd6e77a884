// WebSocket sessions that send a message now and then and expect it back. Each session is one
// exchange (GET, status 101) whose outcome is how it ended; each message is another (ECHO). A
// message that has no answer when the server says 1001 shares the session's outcome: the
// client was told, and knows which message it was.
#include <optional>

#include "drill/http/ws_frame.hpp"
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

/// After the closing handshake the server closes first (RFC 6455, 7.1.1); we wait this long.
constexpr std::chrono::seconds patience_for_fin{1};

class websocket_client final : public http_client {
public:
    websocket_client(load_context& shared, std::string_view lane, const lane_plan& plan)
        : http_client(shared, lane), path_(plan.get), every_(plan.every) {}

    [[nodiscard]] bool finished() const noexcept override {
        return !is_session_ && http_client::finished();
    }

    [[nodiscard]] cell cell_now() const override {
        return is_session_ ? cell::websocket : http_client::cell_now();
    }

    [[nodiscard]] bool is_in_place() const override { return aim() == cell::none || is_session_; }

    void wind_down() override {
        http_client::wind_down();
        if (is_session_ && !closed_code_ && !we_closed_) {
            we_closed_ = true;
            send_frame(ws_opcode::close, ws_close_payload(1000));
            plan_step(step::give_up_fin, patience_for_fin);
        }
    }

private:
    /// What the next tick is for.
    enum class step : std::uint8_t { connect, send_message, give_up_echo, give_up_fin };

    void plan_step(step next, std::chrono::nanoseconds in) {
        step_ = next;
        tick_at(clock::now() + in);
    }

    void tick() override {
        switch (step_) {
            case step::connect:
                if (!busy() && routes_open()) {
                    shake_hands();
                }
                break;
            case step::send_message:
                send_message();
                break;
            case step::give_up_echo:
                session_over(ending::timeout, 0);
                break;
            case step::give_up_fin:
                if (we_closed_ && !closed_code_) {
                    session_over(ending::client_ended, 0);
                } else {
                    leave(quiet_end::by_us);
                    again();
                }
        }
    }

    void shake_hands() {
        std::string bytes(16, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(context().random());
        }
        key_ = ws_key(bytes);
        text_of_request_.emplace(
            context(), "GET", path_,
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: " +
                key_ + "\r\n");
        ask(text_of_request_->next(context(), room_), clock::now());
    }

    void on_answer(const exchange&, bool usable) override {
        if (usable) {
            close(quiet_end::by_us, true);
        }
        again();
    }

    void on_switched(const exchange& one) override {
        session_ = one;
        is_session_ = true;
        we_closed_ = false;
        closed_code_.reset();
        reader_ = {};
        received_.clear();
        messages_ = 0;
        context().note_accepted(opened_ns());
        if (response().field("Sec-WebSocket-Accept") != ws_accept_for(key_)) {
            session_over(ending::malformed, 0);
            return;
        }
        plan_step(step::send_message, every_);
    }

    void send_message() {
        text_ = "echo " + std::to_string(connection()) + "-" + std::to_string(++messages_);
        message_ = begin_exchange("ECHO", session_.target, clock::now());
        message_->nth = messages_;
        message_->sent_ns = message_->intended_ns;
        add_to(context().counters.in_flight, 1);
        plan_step(step::give_up_echo, context().patience);
        send_frame(ws_opcode::text, text_);
    }

    void send_frame(ws_opcode code, std::string_view payload) {
        send(ws_encode(code, payload, static_cast<std::uint32_t>(context().random())));
    }

    void on_bytes(std::string_view bytes) override {
        session_.bytes += bytes.size();
        reader_.feed(bytes);
        while (const auto frame = reader_.next()) {
            on_frame(*frame);
            if (!is_open()) {
                return;
            }
        }
        if (reader_.malformed() && !closed_code_) {
            session_over(ending::malformed, 0);
        }
    }

    void on_frame(const ws_frame& frame) {
        if (closed_code_) {
            return;
        }
        switch (frame.code) {
            case ws_opcode::ping:
                send_frame(ws_opcode::pong, frame.payload);
                break;
            case ws_opcode::close:
                closed_code_ = ws_close_code(frame.payload);
                if (!we_closed_) {
                    context().note_close_announced(nanoseconds(clock::now()));
                    send_frame(ws_opcode::close, std::string_view(frame.payload).substr(0, 2));
                }
                record_ends(ending::fin, 0);
                plan_step(step::give_up_fin, patience_for_fin);
                break;
            case ws_opcode::text:
            case ws_opcode::binary:
            case ws_opcode::continuation:
                collect(frame);
                break;
            case ws_opcode::pong:
                break;
        }
    }

    /// A message may come in pieces; the server's own events are messages too, and pass.
    void collect(const ws_frame& frame) {
        if (frame.code != ws_opcode::continuation) {
            received_.clear();
        }
        received_ += frame.payload;
        if (frame.final && message_ && received_ == text_) {
            message_->bytes = received_.size();
            message_->first_byte_ns = message_->end_ns = nanoseconds(clock::now());
            take_from(context().counters.in_flight, 1);
            context().record(*message_);
            message_.reset();
            plan_step(step::send_message, every_);
        }
    }

    void on_end(ending how, int error) override {
        if (closed_code_) {
            leave(how == ending::reset ? quiet_end::reset : quiet_end::fin);
            again();
        } else {
            session_over(how, error);
        }
    }

    /// The session ended without a close frame, or by our own doing.
    void session_over(ending how, int error) {
        record_ends(how, error);
        leave(how == ending::reset                                      ? quiet_end::reset
              : how == ending::fin || how == ending::fin_without_notify ? quiet_end::fin
                                                                        : quiet_end::by_us);
        if (how != ending::client_ended) {
            again();
        }
    }

    void leave(quiet_end how) {
        is_session_ = false;
        cancel_tick();
        close(how, false);
    }

    void record_ends(ending how, int error) {
        session_.end_ns = nanoseconds(clock::now());
        session_.error = error;
        // A session that we closed, and the server too, went as it should.
        session_.result = we_closed_ && closed_code_
                              ? outcome::ok
                              : classify(session_evidence{how, closed_code_.has_value(),
                                                          closed_code_.value_or(0)});
        if (context().signal_ns != 0) {
            session_.at_signal = take_signal_cell();
        }
        context().record(session_);
        if (message_) {
            message_->end_ns = session_.end_ns;
            message_->error = error;
            message_->result = session_.result;
            take_from(context().counters.in_flight, 1);
            context().record(*message_);
            message_.reset();
        }
    }

    void abandon() override {
        http_client::abandon();
        if (is_session_ && !closed_code_) {
            record_ends(ending::client_ended, 0);
        }
        is_session_ = false;
    }

    void again() {
        if (routes_open()) {
            plan_step(step::connect, pause_after_failure);
        }
    }

    const std::string path_;
    const std::chrono::nanoseconds every_;
    step step_ = step::connect;
    bool is_session_ = false;
    bool we_closed_ = false;
    std::string key_;
    std::optional<request_text> text_of_request_;  // each session has a key of its own
    std::string room_;
    exchange session_;
    std::optional<exchange> message_;  // sent and not yet back
    std::string text_;                 // of message_
    std::string received_;             // of the message that is arriving
    std::uint32_t messages_ = 0;
    std::optional<int> closed_code_;  // the server's close frame has come
    ws_frame_reader reader_;
};

}  // namespace

lane make_websocket_lane(load_context& shared, const lane_plan& plan) {
    const auto name = shared.names->intern(plan.label());
    return lane_of(plan,
                   [&](int) { return std::make_unique<websocket_client>(shared, name, plan); });
}

}  // namespace lastcall::drill
