// For whom a tree is judged: the platform that runs it, or how strictly.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lint/catalogue/rule.hpp"

namespace lastcall::lint {

/// A rule that weighs otherwise.
struct rule_weight {
    std::string_view rule;
    std::optional<severity> how;  ///< unset: it says nothing
};

struct profile {
    std::string_view name;
    std::string_view what;  ///< one line
    /// Between the stop signal and SIGKILL where no file says it; unset: not known.
    std::optional<std::chrono::seconds> grace;
    std::string_view grace_source;
    std::span<const rule_weight> weights;
    bool notes_count = false;  ///< a note is a warning
};

/// The one that holds where nobody names one.
[[nodiscard]] const profile& usual_profile();

/// Null: there is none of that name.
[[nodiscard]] const profile* find_profile(std::string_view name);

[[nodiscard]] std::span<const profile> profiles();

/// How a finding weighs. Unset: it is not told.
[[nodiscard]] std::optional<severity> weight_of(const profile& under, std::string_view rule,
                                                severity how);

}  // namespace lastcall::lint
