#include "core/json.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "core/utf8.hpp"

namespace lastcall::core {
void json_writer::separate() {
    if (!after_key_ && !first_) {
        text_ += ',';
    }
    after_key_ = false;
    first_ = false;
}

json_writer& json_writer::open(char c) {
    separate();
    text_ += c;
    first_ = true;
    return *this;
}

json_writer& json_writer::shut(char c) {
    text_ += c;
    first_ = false;
    return *this;
}

json_writer& json_writer::key(std::string_view name) {
    value(name);
    text_ += ':';
    after_key_ = true;
    return *this;
}

json_writer& json_writer::value(std::string_view text) {
    separate();
    text_ += '"';
    while (!text.empty()) {
        const char c = text.front();
        const auto byte = static_cast<unsigned char>(c);
        const std::size_t length = character_length(text);
        switch (c) {
            case '"':
                text_ += "\\\"";
                break;
            case '\\':
                text_ += "\\\\";
                break;
            case '\n':
                text_ += "\\n";
                break;
            case '\t':
                text_ += "\\t";
                break;
            case '\r':
                text_ += "\\r";
                break;
            default:
                if (byte < 0x20) {
                    std::array<char, 8> escape{};
                    std::snprintf(escape.data(), escape.size(), "\\u%04x", byte);
                    text_ += escape.data();
                } else if (length == 0) {
                    text_ += "\xEF\xBF\xBD";  // U+FFFD: JSON is UTF-8 (RFC 8259, section 8.1)
                } else {
                    text_ += text.substr(0, length);
                }
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    text_ += '"';
    return *this;
}

json_writer& json_writer::value(bool truth) {
    separate();
    text_ += truth ? "true" : "false";
    return *this;
}

json_writer& json_writer::value(long long number) {
    separate();
    text_ += std::to_string(number);
    return *this;
}

json_writer& json_writer::value(double number) {
    separate();
    std::array<char, 64> digits{};
    std::snprintf(digits.data(), digits.size(), "%.3f", std::isfinite(number) ? number : 0.0);
    std::string text = digits.data();
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    text_ += text;
    return *this;
}

}  // namespace lastcall::core
