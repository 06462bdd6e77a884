// WebSocket framing from the client's side (RFC 6455): the handshake's proof, frames out
// with a mask, frames in without one. No extension is ever asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lastcall::drill {

/// What the server must put into Sec-WebSocket-Accept for `key` (section 4.2.2).
[[nodiscard]] std::string ws_accept_for(std::string_view key);

/// A key from 16 bytes, as Sec-WebSocket-Key wants it.
[[nodiscard]] std::string ws_key(std::string_view sixteen_bytes);

enum class ws_opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

/// A final frame from a client, masked with `mask`.
[[nodiscard]] std::string ws_encode(ws_opcode code, std::string_view payload, std::uint32_t mask);

/// The payload of a close frame.
[[nodiscard]] std::string ws_close_payload(int code);

/// The code of a close frame; 1005 when it has none (section 7.1.5).
[[nodiscard]] int ws_close_code(std::string_view payload) noexcept;

struct ws_frame {
    ws_opcode code = ws_opcode::text;
    bool final = true;
    std::string payload;
};

/// Collects bytes and gives back whole frames.
class ws_frame_reader {
public:
    void feed(std::string_view bytes) { buffer_.append(bytes); }

    /// The next whole frame; none when more bytes are needed, or after an error.
    std::optional<ws_frame> next();

    /// The server broke section 5: a mask, a reserved bit, an unknown code, a control frame
    /// that is long or in pieces, or a frame beyond 1 MiB.
    [[nodiscard]] bool malformed() const noexcept { return malformed_; }

private:
    std::string buffer_;
    bool malformed_ = false;
};

}  // namespace lastcall::drill
