// Who is in front of the program of a service while that one runs.
#pragma once

#include <string>

#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {

/// A shell that stays, or a package manager that starts the program as its child.
struct front_process {
    const launch_hop* hop = nullptr;  ///< null: nobody, or not known
    const script_end* end = nullptr;  ///< of a shell: what it waits for; null: it is no shell
    std::string name;                 ///< "sh", "npm"

    [[nodiscard]] explicit operator bool() const noexcept { return hop != nullptr; }
    [[nodiscard]] bool is_shell() const noexcept { return end != nullptr; }
    /// "server --port 80": what runs behind it; empty: not known.
    [[nodiscard]] std::string program() const;
};

[[nodiscard]] front_process front_of(const unit_run& run);

}  // namespace lastcall::lint
