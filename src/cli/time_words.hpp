// Times and durations as people read them. Pure: the present is a value.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lastcall::cli {

using std::chrono::nanoseconds;

/// "2026-11-21T12:22:06.123Z" as time since 1970; unset: it is no time.
[[nodiscard]] std::optional<nanoseconds> to_time(std::string_view rfc3339);

/// "850 ms", "3.2 s", "12 min", "5 h", "3 days": two digits at least, three at most.
[[nodiscard]] std::string span_text(nanoseconds value);

/// "12 min" since then; empty: it is no time.
[[nodiscard]] std::string since_text(std::string_view rfc3339, nanoseconds now);

/// "+0.812 s" between two moments.
[[nodiscard]] std::string offset_text(nanoseconds from, nanoseconds to);

/// "2026-11-21 12:22:06 UTC".
[[nodiscard]] std::string moment_text(std::string_view rfc3339);

}  // namespace lastcall::cli
