// Commands of a cluster that wait for pods to be gone, and for how long.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "lint/shell/execution.hpp"
#include "lint/shell/run_limit.hpp"

namespace lastcall::lint {

struct cluster_wait {
    std::string what;  ///< "--timeout of kubectl delete"
    std::chrono::milliseconds limit{0};
    const shell::run_limit* by = nullptr;  ///< null: the option `what`
};

/// kubectl delete of pods, or of what deletes them before itself; kubectl drain; helm uninstall
/// that waits for them. Unset: it is none of these, does not wait, or has no limit that is known.
/// `around`  the limit of the script that it is in; null: none, or not known
[[nodiscard]] std::optional<cluster_wait> cluster_wait_of(const shell::step& one,
                                                          const shell::run_limit* around = nullptr);

}  // namespace lastcall::lint
