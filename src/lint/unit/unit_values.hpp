// The values of unit files as systemd reads them: systemd.time(7), systemd.syntax(7).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/systemd_time.hpp"

namespace lastcall::lint {

/// No end.
inline constexpr std::chrono::microseconds no_limit = core::systemd_no_limit;

/// core/systemd_time.hpp, where no end is no_limit.
[[nodiscard]] std::optional<std::chrono::microseconds> unit_time_span(std::string_view text);

/// "yes", "On", "0"... Unset for what is neither.
[[nodiscard]] std::optional<bool> unit_boolean(std::string_view text);

/// "SIGTERM", "TERM", "15", "RTMIN+3"; not "term". Unset for what is no signal.
[[nodiscard]] std::optional<int> unit_signal(std::string_view text);

}  // namespace lastcall::lint
