// Times as configurations write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace lastcall::lint {

/// "30", "30s", "1m30s", "500ms", "PT30S": numbers with units, of which the sum counts.
/// `bare`    what a number without a unit is in
/// Returns:  unset for anything else, and for more than a year
[[nodiscard]] std::optional<std::chrono::milliseconds> conf_time(
    std::string_view text, std::chrono::milliseconds bare = std::chrono::seconds(1));

}  // namespace lastcall::lint
