// Durations as people write them in flags, files and environment variables.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace lastcall {

/// Reads "500ms", "30s", "2m", "1h", also "1.5s" and "50us".
///
/// `what`    names the setting in the message: "--grace", "LASTCALL_GRACE".
/// Errors:   std::invalid_argument: no number, negative, no unit, an unknown unit, longer
///           than a year. The message holds `what`, the text and the form to write.
[[nodiscard]] std::chrono::nanoseconds parse_duration(std::string_view text, std::string_view what);

/// "1.5s", "250ms", "80us": the shortest form, exact to a microsecond.
[[nodiscard]] std::string to_text(std::chrono::nanoseconds value);

}  // namespace lastcall
