// Moments as RFC 3339 writes them, in UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lastcall::agent {

/// "2026-11-21T08:15:00.250Z", from the time since 1970.
[[nodiscard]] std::string time_text(std::chrono::nanoseconds since_1970);

/// "2026-11-21T08:15:00Z", with or without a fraction of the second; "2026-11-21" is its first
/// moment. Returns: nothing for anything else.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_time(std::string_view text) noexcept;

}  // namespace lastcall::agent
