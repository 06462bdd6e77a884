// One line for people, on standard error; what a full pipe does not take is dropped.
#pragma once

#include "core/fixed_text.hpp"
#include "init/line_writer.hpp"

namespace lastcall::init {

/// Built with <<, written with its end of line when it goes out of scope.
class message : public core::fixed_text<2048> {
public:
    /// What each line begins with, "lastcall-init" until told otherwise.
    static void begin_with(std::string_view name) noexcept;

    message() noexcept;
    message(const message&) = delete;
    message& operator=(const message&) = delete;
    ~message();
};

/// The same way for whole lines that somebody else has made.
[[nodiscard]] line_writer standard_error_lines() noexcept;

}  // namespace lastcall::init
