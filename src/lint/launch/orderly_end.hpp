// Whether a program ends its work in order on the signal by which it is stopped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/software.hpp"

namespace lastcall::lint {

/// `signal`  "TERM"; unset: not known
/// Returns:  false for a program that drops its work on the signal: nothing of it takes time.
[[nodiscard]] inline bool ends_in_order(std::string_view program,
                                        const std::optional<std::string>& signal) {
    const auto* software = core::find_software(program);
    return software == nullptr || (signal && software->ends_in_order(*signal));
}

}  // namespace lastcall::lint
