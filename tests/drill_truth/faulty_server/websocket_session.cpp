#include "websocket_session.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>

namespace faulty {
namespace {

constexpr int text = 1;
constexpr int binary = 2;
constexpr int close_frame = 8;
constexpr int ping = 9;
constexpr int pong = 10;

std::string accept_for(const std::string& key) {
    const std::string all = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest.data());
    std::array<unsigned char, 32> encoded{};
    EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return reinterpret_cast<const char*>(encoded.data());
}

std::string close_payload(int code) {
    return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

}  // namespace

void websocket_session::serve(const std::string& key) {
    stream_.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_for(key) + "\r\n\r\n");
    for (;;) {
        frame one;
        while (take_frame(one)) {
            if (!answer(one)) {
                return;
            }
        }
        const auto how = stream_.read(buffer_, service_.stopping.descriptor(), moment::max());
        if (how == stream::got::woken) {
            end_for_stop();
            return;
        }
        if (how != stream::got::bytes) {
            service_.truth.add(truth_line("websocket_left")
                                   .number("peer", stream_.peer())
                                   .number("echoes", echoes_));
            return;
        }
    }
}

bool websocket_session::take_frame(frame& into) {
    const auto byte = [this](std::size_t at) { return static_cast<unsigned char>(buffer_[at]); };
    if (buffer_.size() < 2) {
        return false;
    }
    std::size_t size = byte(1) & 0x7f;
    std::size_t header = 2;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (buffer_.size() < header + more + 4) {
        return false;
    }
    if (more > 0) {
        size = 0;
        for (std::size_t i = 0; i < more; ++i) {
            size = size << 8 | byte(header + i);
        }
        header += more;
    }
    const bool masked = (byte(1) & 0x80) != 0;
    const std::size_t begin = header + (masked ? 4 : 0);
    if (buffer_.size() < begin + size) {
        return false;
    }
    into.opcode = byte(0) & 0x0f;
    into.payload = buffer_.substr(begin, size);
    for (std::size_t i = 0; masked && i < size; ++i) {
        into.payload[i] = static_cast<char>(into.payload[i] ^ buffer_[header + i % 4]);
    }
    buffer_.erase(0, begin + size);
    return true;
}

/// Returns: whether the session goes on.
bool websocket_session::answer(const frame& one) {
    switch (one.opcode) {
        case text:
        case binary:
            ++echoes_;
            return send(one.opcode, one.payload);
        case ping:
            return send(pong, one.payload);
        case close_frame:
            send(close_frame, one.payload);
            service_.truth.add(truth_line("websocket_left")
                                   .number("peer", stream_.peer())
                                   .number("echoes", echoes_));
            stream_.finish();
            stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
            return false;
        default:
            return true;
    }
}

/// What the client has sent before our close is answered first.
void websocket_session::end_for_stop() {
    const auto fault_or_none = [this](fault what) {
        return service_.told.what == what && service_.strikes_next();
    };
    if (fault_or_none(fault::ws_1006)) {
        note_end(1006, fault::ws_1006);
        stream_.finish();
    } else if (fault_or_none(fault::ws_1011)) {
        note_end(1011, fault::ws_1011);
        send(close_frame, close_payload(1011));
    } else {
        if (!answer_what_is_here()) {
            return;
        }
        note_end(1001, fault::none);
        send(close_frame, close_payload(1001));
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    const auto unanswered = drop_until_close(until);
    service_.truth.add(truth_line("websocket_dropped")
                           .number("peer", stream_.peer())
                           .number("messages", unanswered));
    stream_.finish();
    stream_.linger(until);
}

/// The client's close frame, and what it had sent before it (RFC 6455, 7.1.1).
/// Returns: how many messages that were.
std::int64_t websocket_session::drop_until_close(moment until) {
    std::int64_t messages = 0;
    frame one;
    do {
        while (take_frame(one)) {
            if (one.opcode == close_frame) {
                return messages;
            }
            messages += one.opcode == text || one.opcode == binary ? 1 : 0;
        }
    } while (stream_.read(buffer_, -1, until) == stream::got::bytes);
    return messages;
}

/// Returns: whether the session goes on.
bool websocket_session::answer_what_is_here() {
    while (stream_.read(buffer_, -1, std::chrono::steady_clock::now()) == stream::got::bytes) {
    }
    frame one;
    while (take_frame(one)) {
        if (!answer(one)) {
            return false;
        }
    }
    return true;
}

bool websocket_session::send(int opcode, const std::string& payload) {
    std::string bytes(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
        bytes += static_cast<char>(payload.size());
    } else {
        bytes += static_cast<char>(126);
        bytes += static_cast<char>(payload.size() >> 8 & 0xff);
        bytes += static_cast<char>(payload.size() & 0xff);
    }
    return payload.size() <= UINT16_MAX && stream_.write(bytes + payload);
}

void websocket_session::note_end(int code, fault what) {
    service_.truth.add(truth_line("websocket_end")
                           .text("fault", to_string(what))
                           .number("peer", stream_.peer())
                           .number("code", code)
                           .number("echoes", echoes_));
}

}  // namespace faulty
