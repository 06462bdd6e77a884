// Who is in front of the program of a service while that one runs.
#pragma once

#include <optional>
#include <string>

#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {

/// A shell that stays, or a package manager that starts the program as its child.
struct front_process {
    const launch_hop* hop = nullptr;  ///< null: nobody, or not known
    std::optional<script_end> end{};  ///< of a shell: what it waits for; unset: it is no shell
    std::string name;                 ///< "sh", "npm"
    /// Something short runs behind the program, which an `exec` would leave out.
    bool is_followed = false;

    [[nodiscard]] explicit operator bool() const noexcept { return hop != nullptr; }
    [[nodiscard]] bool is_shell() const noexcept { return end.has_value(); }
    /// "server --port 80": what runs behind it; empty: not known.
    [[nodiscard]] std::string program() const;
};

[[nodiscard]] front_process front_of(const unit_run& run);

}  // namespace lastcall::lint
