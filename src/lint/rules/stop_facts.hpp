// How long whom may take to stop, as one file tells it: the links of a chain of budgets that goes
// through several files.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/place.hpp"

namespace lastcall::lint {

/// Of a service of a compose file, or of a unit. What is not known, or not said, is unset.
struct stop_facts {
    std::string workload;  ///< "web", "web.service"
    place at;              ///< of it in the file
    std::optional<std::string> image;
    std::optional<std::filesystem::path> build_context;
    /// Between the stop signal and SIGKILL; max() where there is no SIGKILL in time. Also what
    /// holds by default, where that is sure.
    std::optional<std::chrono::milliseconds> grace;
    /// What runs before the stop signal, at least.
    std::optional<std::chrono::milliseconds> pre_stop;
    std::optional<std::string> program;  ///< that does the work: "gunicorn"
    /// How long the program may take, as its command line says.
    std::optional<std::chrono::milliseconds> needs;
};

/// `text`  of a compose file
[[nodiscard]] std::vector<stop_facts> compose_facts(const std::filesystem::path& path,
                                                    std::string_view text);

/// `path`  of a unit, not of a drop-in
[[nodiscard]] std::vector<stop_facts> unit_facts(const std::filesystem::path& path,
                                                 std::string_view text);

}  // namespace lastcall::lint
