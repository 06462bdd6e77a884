#include "drill/record/event_log_line.hpp"

#include <algorithm>
#include <array>

#include "core/utf8.hpp"

namespace lastcall::drill {
namespace {

constexpr auto needs_no_escape = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) {
        table[byte] = byte != '"' && byte != '\\';
    }
    return table;
}();

/// One byte as JSON: at most 6 characters.
char* put_escaped(char* at, char c) noexcept {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    *at++ = '\\';
    if (byte >= 0x20) {
        *at++ = c;
        return at;
    }
    for (const char one : {'u', '0', '0', hexadecimal[byte >> 4U], hexadecimal[byte & 0xFU]}) {
        *at++ = one;
    }
    return at;
}

}  // namespace

void event_line::grow(std::size_t length) {
    const auto written = static_cast<std::size_t>(at_ - out_.data());
    out_.resize(written + length + step);
    at_ = out_.data() + written;
    end_ = out_.data() + out_.size();
}

event_line& event_line::text(std::string_view key, std::string_view value) {
    begin(key, value.size() * 6 + 2);  // "\u0001" is the longest that a byte can become
    *at_++ = '"';
    while (!value.empty()) {
        const char c = value.front();
        if (needs_no_escape[static_cast<unsigned char>(c)]) {
            *at_++ = c;
            value.remove_prefix(1);
            continue;
        }
        const std::size_t length = core::character_length(value);
        if (length == 0) {
            put("\xEF\xBF\xBD");  // U+FFFD: JSON is UTF-8 (RFC 8259, section 8.1)
        } else if (length == 1) {
            at_ = put_escaped(at_, c);
        } else {
            put(value.substr(0, length));
        }
        value.remove_prefix(std::max<std::size_t>(length, 1));
    }
    *at_++ = '"';
    return *this;
}

}  // namespace lastcall::drill
