// What a byte means to a shell.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lastcall::lint::shell {

/// Inside of a word without quotes.
enum class byte_kind : std::uint8_t { plain, special, ends_word };

namespace detail {

constexpr std::array<byte_kind, 256> make_byte_kinds() {
    std::array<byte_kind, 256> kinds{};
    for (const char one : std::string_view(" \t\n;&|()<>")) {
        kinds[static_cast<unsigned char>(one)] = byte_kind::ends_word;
    }
    for (const char one : std::string_view("\\'\"$`\r")) {
        kinds[static_cast<unsigned char>(one)] = byte_kind::special;
    }
    return kinds;
}

inline constexpr auto byte_kinds = make_byte_kinds();

}  // namespace detail

constexpr byte_kind kind_of(char byte) {
    return detail::byte_kinds[static_cast<unsigned char>(byte)];
}

constexpr bool begins_name(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

constexpr bool is_in_name(char byte) { return begins_name(byte) || (byte >= '0' && byte <= '9'); }

constexpr bool is_name(std::string_view text) {
    for (const char one : text) {
        if (!is_in_name(one)) {
            return false;
        }
    }
    return !text.empty() && begins_name(text.front());
}

}  // namespace lastcall::lint::shell
