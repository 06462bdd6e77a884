// The command line of `lastcall drill` becomes settings.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "drill/contract/settings.hpp"

namespace lastcall::cli {

struct drill_options {
    drill::settings chosen;
    bool quiet = false;    ///< no live view, no lines of the service
    bool verbose = false;  ///< what the service prints
};

/// Either options, or the exit status to end with: help was printed, or what is wrong.
/// Order of precedence: the command line, the profile, the contract file, the defaults.
struct parsed_drill {
    std::optional<drill_options> options;
    int status = 0;
};

[[nodiscard]] parsed_drill parse_drill(std::span<char* const> arguments);

}  // namespace lastcall::cli
