// JSON (RFC 8259) into a fixed buffer, field by field.
#pragma once

#include <chrono>
#include <concepts>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::init {

class json_text {
public:
    explicit json_text(core::text_sink& out) noexcept : out_(out) {}

    void begin_object() noexcept { open('{'); }
    void begin_object(std::string_view name) noexcept { key(name), begin_value('{'); }
    void end_object() noexcept { shut('}'); }
    void begin_array(std::string_view name) noexcept { key(name), begin_value('['); }
    void end_array() noexcept { shut(']'); }

    /// What is no UTF-8 comes out as U+FFFD, so that the result is valid whatever a command
    /// line holds.
    void field(std::string_view name, std::string_view text) noexcept;
    void field(std::string_view name, const char* text) noexcept {
        field(name, std::string_view(text));
    }
    void field(std::string_view name, bool truth) noexcept;
    template <std::integral Number>
    void field(std::string_view name, Number number) noexcept {
        key(name);
        out_ << number;
    }
    /// In milliseconds, with three decimals.
    void field(std::string_view name, std::chrono::nanoseconds value) noexcept;
    void null_field(std::string_view name) noexcept;

private:
    void key(std::string_view name) noexcept;
    void open(char c) noexcept;
    void begin_value(char c) noexcept;
    void shut(char c) noexcept;
    void quoted(std::string_view text) noexcept;

    core::text_sink& out_;
    bool first_ = true;
};

}  // namespace lastcall::init
