#include "drill/lane_websocket.hpp"

#include <optional>

#include "drill/text.hpp"
#include "drill/ws_frame.hpp"

namespace lastcall::drill {
namespace {

/// After the closing handshake the server closes first (RFC 6455, 7.1.1); we wait this long.
constexpr std::chrono::seconds patience_for_fin{1};

class websocket_client final : public lane_client {
public:
    websocket_client(load_context& shared, const websocket_plan& plan)
        : lane_client(shared, "websocket"), plan_(plan) {}

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
                shake_hands();
                break;
            case step::send_message:
                send_message();
                break;
            case step::give_up_echo:
                session_over(ending::timeout);
                break;
            case step::give_up_fin:
                close();
                again();
        }
    }

    void shake_hands() {
        std::string bytes(16, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(context().random());
        }
        key_ = ws_key(bytes);
        start({"GET",
               plan_.path,
               "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: " +
                   key_ + "\r\n",
               {}},
              clock::now());
    }

    void on_answer(const exchange& one, bool usable) override {
        if (!usable || one.status != 101) {
            if (open()) {
                close();
            }
            again();
            return;
        }
        session_ = one;
        closed_code_.reset();
        reader_ = {};
        if (response().field("Sec-WebSocket-Accept") != ws_accept_for(key_)) {
            session_over(ending::malformed);
            return;
        }
        plan_step(step::send_message, plan_.every);
    }

    void send_message() {
        message_ = exchange{};
        message_->lane = lane();
        message_->connection = connection();
        message_->nth = ++messages_;
        message_->method = "ECHO";
        message_->target = plan_.path;
        message_->opened_ns = opened_ns();
        message_->intended_ns = message_->sent_ns = nanoseconds(clock::now());
        ++context().counters.in_flight;
        text_ = "echo " + std::to_string(connection()) + "-" + std::to_string(messages_);
        plan_step(step::give_up_echo, context().patience);
        send_frame(ws_opcode::text, text_);
    }

    void send_frame(ws_opcode code, std::string_view payload) {
        send_raw(ws_encode(code, payload, static_cast<std::uint32_t>(context().random())));
    }

    void on_raw(std::string_view bytes) override {
        session_.bytes += bytes.size();
        reader_.feed(bytes);
        while (const auto frame = reader_.next()) {
            on_frame(*frame);
            if (!open()) {
                return;
            }
        }
        if (reader_.malformed() && !closed_code_) {
            session_over(ending::malformed);
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
                send_frame(ws_opcode::close, frame.payload.substr(0, 2));
                record_ends(ending::fin);
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
            --context().counters.in_flight;
            record(*message_);
            message_.reset();
            plan_step(step::send_message, plan_.every);
        }
    }

    void on_raw_end(ending how) override {
        if (closed_code_) {
            close(how == ending::reset ? quiet_end::reset : quiet_end::fin);
            cancel_tick();
            again();
        } else {
            session_over(how);
        }
    }

    /// The session ended without a close frame, or by our own doing.
    void session_over(ending how) {
        record_ends(how);
        cancel_tick();
        close(how == ending::reset ? quiet_end::reset
              : how == ending::fin ? quiet_end::fin
                                   : quiet_end::by_us);
        if (how != ending::client_ended) {
            again();
        }
    }

    void record_ends(ending how) {
        session_.end_ns = nanoseconds(clock::now());
        session_.result =
            classify(session_evidence{how, closed_code_.has_value(), closed_code_.value_or(0)});
        record(session_);
        if (message_) {
            message_->end_ns = session_.end_ns;
            message_->result = session_.result;
            --context().counters.in_flight;
            record(*message_);
            message_.reset();
        }
    }

    void again() {
        if (context().routes_open) {
            plan_step(step::connect, pause_after_failure);
        }
    }

    const websocket_plan plan_;
    step step_ = step::connect;
    std::string key_;
    exchange session_;
    std::optional<exchange> message_;  // sent and not yet back
    std::string text_;                 // of message_
    std::string received_;             // of the message that is arriving
    std::uint32_t messages_ = 0;
    std::optional<int> closed_code_;  // the server's close frame has come
    ws_frame_reader reader_;
};

}  // namespace

lane make_websocket_lane(load_context& shared, const websocket_plan& plan) {
    lane made;
    made.ramp = std::chrono::milliseconds(200);
    for (int i = 0; i < plan.connections; ++i) {
        made.clients.push_back(std::make_unique<websocket_client>(shared, plan));
    }
    return made;
}

}  // namespace lastcall::drill
