#include "drill/http/ws_frame.hpp"

#include "drill/http/sha1.hpp"

namespace lastcall::drill {
namespace {

constexpr std::uint64_t largest_payload = 1 << 20;

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = group << 8 |
                    (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            out += at + i <= bytes.size() ? alphabet[group >> (18 - 6 * i) & 63] : '=';
        }
    }
    return out;
}

bool known(ws_opcode code) noexcept {
    const auto number = static_cast<unsigned>(code);
    return number <= 2 || (number >= 8 && number <= 10);
}

}  // namespace

std::string ws_accept_for(std::string_view key) {
    const auto digest = sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    return base64({digest.data(), digest.size()});
}

std::string ws_key(std::string_view sixteen_bytes) { return base64(sixteen_bytes); }

std::string ws_encode(ws_opcode code, std::string_view payload, std::uint32_t mask) {
    std::string out;
    out += static_cast<char>(0x80U | static_cast<unsigned>(code));
    if (payload.size() < 126) {
        out += static_cast<char>(0x80U | payload.size());
    } else {
        const bool small = payload.size() < 65536;
        out += static_cast<char>(0x80U | (small ? 126U : 127U));
        for (int shift = small ? 8 : 56; shift >= 0; shift -= 8) {
            out += static_cast<char>(payload.size() >> shift & 0xFFU);
        }
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        out += static_cast<char>(mask >> shift & 0xFFU);
    }
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const auto key = mask >> (24 - 8 * (i % 4)) & 0xFFU;
        out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ key);
    }
    return out;
}

std::string ws_close_payload(int code) {
    return {static_cast<char>(code >> 8 & 0xFF), static_cast<char>(code & 0xFF)};
}

int ws_close_code(std::string_view payload) noexcept {
    if (payload.size() < 2) {
        return 1005;
    }
    return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

std::optional<ws_frame> ws_frame_reader::next() {
    if (malformed_ || buffer_.size() < 2) {
        return std::nullopt;
    }
    const auto byte = [this](std::size_t at) {
        return static_cast<unsigned>(static_cast<unsigned char>(buffer_[at]));
    };
    ws_frame frame;
    frame.final = (byte(0) & 0x80U) != 0;
    frame.code = static_cast<ws_opcode>(byte(0) & 0x0FU);
    std::uint64_t size = byte(1) & 0x7FU;
    const bool control = static_cast<unsigned>(frame.code) >= 8;
    if ((byte(0) & 0x70U) != 0 || (byte(1) & 0x80U) != 0 || !known(frame.code) ||
        (control && (!frame.final || size > 125))) {
        malformed_ = true;
        return std::nullopt;
    }
    std::size_t head = 2;
    if (size >= 126) {
        const std::size_t wide = size == 126 ? 2 : 8;
        if (buffer_.size() < head + wide) {
            return std::nullopt;
        }
        size = 0;
        for (std::size_t i = 0; i < wide; ++i) {
            size = size << 8 | byte(head + i);
        }
        head += wide;
    }
    if (size > largest_payload) {
        malformed_ = true;
        return std::nullopt;
    }
    if (buffer_.size() < head + size) {
        return std::nullopt;
    }
    frame.payload = buffer_.substr(head, size);
    buffer_.erase(0, head + size);
    return frame;
}

}  // namespace lastcall::drill
