// The command line of lastcall-keeper.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace lastcall::keeper {

inline constexpr std::chrono::nanoseconds default_grace = std::chrono::seconds(30);

struct options {
    std::optional<std::chrono::nanoseconds> grace;  ///< of a stop without a plan
    std::string init;                ///< lastcall-init; empty: beside this program, or in PATH
    int lock_fd = -1;                ///< stays open for as long as we run
    int state_fd = -1;               ///< go on with this state, after an upgrade
    bool has_returned = false;       ///< ... from a program that did not work
    int try_state_fd = -1;           ///< only see whether it can be read
    std::vector<std::string> agent;  ///< command and arguments
};

struct parsed_options {
    enum class outcome : unsigned char { run, print, refused };
    outcome what = outcome::run;
    options value;
    std::string text;  ///< of print, for stdout; of refused, for stderr
};

/// Never throws for what is on the command line: `refused` says what is wrong, and what to do.
[[nodiscard]] parsed_options parse_options(const std::vector<std::string>& words);

// Exit statuses of lastcall-keeper.
inline constexpr int status_stopped = 0;
inline constexpr int status_usage = 2;
inline constexpr int status_unclean = 75;  ///< all has ended, and something had to be killed
inline constexpr int status_failed = 125;

}  // namespace lastcall::keeper
