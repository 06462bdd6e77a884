// Durations as systemd writes and reads them (core/systemd_time.hpp), in nanoseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace lastcall::drill {

/// "90", "90s", "1min 30s", "500ms", "infinity" (nanoseconds::max()). A number without a unit
/// counts seconds. Unset for anything else.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_time_span(std::string_view text);

}  // namespace lastcall::drill
