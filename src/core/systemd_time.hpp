// Durations as systemd writes and reads them: systemd.time(7).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace lastcall::core {

/// No end.
inline constexpr std::chrono::microseconds systemd_no_limit = std::chrono::microseconds::max();

/// "90", "1min 30s", "2.5h", "infinity" (systemd_no_limit). A number without a unit counts
/// seconds. Unset for what systemd refuses.
[[nodiscard]] std::optional<std::chrono::microseconds> read_systemd_time(std::string_view text);

}  // namespace lastcall::core
