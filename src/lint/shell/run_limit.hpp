// After which time a script is given up as a whole, whatever it waits for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "lint/text/place.hpp"

namespace lastcall::lint::shell {

struct step;

/// What the step of a workflow, the job of a pipeline or the task of a playbook sets.
struct run_limit {
    std::chrono::milliseconds after{0};
    std::string_view what;    ///< "timeout-minutes of the step"
    std::string_view source;  ///< who says that it ends what it runs
    place at;                 ///< in the file that the script stands in
};

/// When a command is given up, and by whom.
struct given_up {
    std::chrono::milliseconds after{0};
    const run_limit* by = nullptr;  ///< null: the `timeout` in front of it

    /// "the command is given up after 60 s (timeout-minutes of the step)"
    [[nodiscard]] std::string text() const;
};

/// The first of `timeout` in front of the command and of what is around the script. Unset: neither
/// is there, or known.
/// `around`  null: nothing is known of any
[[nodiscard]] std::optional<given_up> given_up_by(const step& one, const run_limit* around);

}  // namespace lastcall::lint::shell
