// Where programs keep the time that they give their work at a stop, and what holds where nothing
// is said. For the files that lint reads, and for the processes that the doctor looks at.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "lint/conf/conf_kind.hpp"

namespace lastcall::lint {

struct drain_setting {
    static constexpr auto without_end = std::chrono::milliseconds::max();

    std::string_view program;          ///< its file, or the script that its interpreter runs
    conf_kind kind = conf_kind::none;  ///< of its configuration; none: it has none
    std::string_view key;              ///< in it; of YAML and JSON a path
    /// On its command line; * stands for any name in between.
    std::string_view option;
    std::string_view short_option;
    std::string_view variable;  ///< in its environment, with * as well; NAME_ARGS: more arguments
    std::chrono::milliseconds bare{1000};            ///< what a number without a unit is in
    std::optional<std::chrono::milliseconds> usual;  ///< where nothing is said; unset: it depends
    /// "gunicorn lets requests run for up to"; empty: what else is set decides whether it holds.
    std::string_view what;
    bool is_of_jobs = false;    ///< of a worker's jobs, not of a server's requests
    std::string_view source{};  ///< who says so
};

/// Those of one program follow each other.
[[nodiscard]] std::span<const drain_setting> drain_settings() noexcept;

/// By what its configuration is. Null: it does not keep that time there.
[[nodiscard]] const drain_setting* drain_setting_of(conf_kind kind) noexcept;

/// The variable in which Spring Boot is told how long a phase of its shutdown may take.
inline constexpr std::string_view spring_variable = "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE";

}  // namespace lastcall::lint
