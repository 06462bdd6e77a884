// With which status the keeper exits.
#pragma once

#include <array>
#include <cstdint>

namespace lastcall::core {

/// How the main program ended, and the stop around it.
struct keeper_end {
    bool main_ended = false;
    bool main_killed = false;  ///< by a signal
    int main_status = 0;       ///< exit status, or that signal
    bool not_ready = false;    ///< stopped because it did not become ready in time
    bool in_time = false;      ///< a stop was asked for, and the tree ended without SIGKILL
    bool unclean = false;      ///< something had to be killed, or is left
};

struct keeper_exit_rules {
    std::array<std::int16_t, 256> map{};  ///< -1: as it is
    bool map_only_in_time = true;
    int unclean = -1;  ///< instead of the main program's own, when unclean; -1: its own
};

/// As timeout(1) has it; the main program's own exit status, if not 0, says more.
inline constexpr int exit_not_ready = 124;
inline constexpr int exit_killed_main = 137;

/// The main program's exit status, or 128 + the signal that ended it, as the shell has it;
/// then the rules.
[[nodiscard]] int keeper_exit_status(const keeper_end& end,
                                     const keeper_exit_rules& rules) noexcept;

}  // namespace lastcall::core
