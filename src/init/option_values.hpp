// What the values of options mean: shared by the four command lines.
#pragma once

#include <optional>
#include <string_view>

#include "core/fixed_text.hpp"
#include "init/options.hpp"

namespace lastcall::init {

/// Makes `result` a refusal. Returns where to write why, behind "lastcall-init: "; the
/// caller ends it with a newline.
core::text_sink& refuse(const options& of, parsed& result) noexcept;

/// Makes `result` a text to print, with exit status 0.
core::text_sink& print(parsed& result, bool to_stderr = false) noexcept;

/// The value of an environment variable; null when it is not set.
[[nodiscard]] const char* variable(char** environment, std::string_view name) noexcept;

/// Whether that is "1", or "0", and nothing else.
[[nodiscard]] bool variable_is(char** environment, std::string_view name,
                               std::string_view value) noexcept;

/// Decimal digits between `low` and `high`; unset for anything else.
[[nodiscard]] std::optional<int> number_in(std::string_view text, int low, int high) noexcept;

/// Cuts the text before the first `separator` off `list`.
[[nodiscard]] std::string_view next_in(std::string_view& list, char separator) noexcept;

// Each of these reads `text`, the value of the setting `what`, into `into`. Returns: whether
// it could; if not, `result` says why.

/// `least`: what is below it is refused.
bool read_duration(std::string_view what, std::string_view text, std::chrono::nanoseconds least,
                   options& of, std::chrono::nanoseconds& into, parsed& result) noexcept;
bool read_signal(std::string_view what, std::string_view text, const options& of, int& into,
                 parsed& result) noexcept;
/// A signal that can be caught, and that is not the keeper's own way to see children end.
bool read_caught_signal(std::string_view what, std::string_view text, const options& of, int& into,
                        parsed& result) noexcept;
bool read_stop_signals(std::string_view what, std::string_view text, options& into,
                       parsed& result) noexcept;
bool read_wait_for(std::string_view what, std::string_view text, options& into,
                   parsed& result) noexcept;
bool read_mode(std::string_view what, std::string_view text, options& into,
               parsed& result) noexcept;
bool read_exit_map(std::string_view what, std::string_view text, options& into,
                   parsed& result) noexcept;
bool read_exit_unclean(std::string_view what, std::string_view text, options& into,
                       parsed& result) noexcept;
bool read_ready(std::string_view what, const char* text, options& into, parsed& result) noexcept;

}  // namespace lastcall::init
