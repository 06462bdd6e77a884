#include "init/json_text.hpp"

#include "core/utf8.hpp"

namespace lastcall::init {

void json_text::field(std::string_view name, std::string_view text) noexcept {
    key(name);
    quoted(text);
}

void json_text::field(std::string_view name, bool truth) noexcept {
    key(name);
    out_ << (truth ? "true" : "false");
}

void json_text::field(std::string_view name, std::chrono::nanoseconds value) noexcept {
    key(name);
    const auto us = std::chrono::round<std::chrono::microseconds>(value).count();
    const auto size = us < 0 ? -us : us;
    const auto part = size % 1000;
    out_ << (us < 0 ? "-" : "") << size / 1000 << '.' << part / 100 << part / 10 % 10 << part % 10;
}

void json_text::null_field(std::string_view name) noexcept {
    key(name);
    out_ << "null";
}

void json_text::key(std::string_view name) noexcept {
    if (!first_) {
        out_ << ',';
    }
    first_ = false;
    quoted(name);
    out_ << ':';
}

void json_text::open(char c) noexcept {
    if (!first_) {
        out_ << ',';
    }
    begin_value(c);
}

void json_text::begin_value(char c) noexcept {
    out_ << c;
    first_ = true;
}

void json_text::shut(char c) noexcept {
    out_ << c;
    first_ = false;
}

void json_text::quoted(std::string_view text) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    out_ << '"';
    while (!text.empty()) {
        const char c = text.front();
        const auto byte = static_cast<unsigned char>(c);
        const std::size_t length = core::character_length(text);
        if (c == '"' || c == '\\') {
            out_ << '\\' << c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out_ << "\\u00" << digits[byte >> 4U] << digits[byte & 15U];
        } else if (length == 0) {
            out_ << "\\ufffd";  // no UTF-8, which JSON is: RFC 8259, section 8.1
        } else {
            out_ << std::string_view(text.data(), length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out_ << '"';
}

}  // namespace lastcall::init
