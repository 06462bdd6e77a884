// What a signal does to a process that has said nothing about it.
#pragma once

#include <signal.h>

#include <cstdint>

namespace lastcall::sys {

enum class default_action : std::uint8_t {
    ends,   ///< the process, with a core dump or without
    none,   ///< or goes on after a stop: SIGCONT
    stops,  ///< it halts until SIGCONT
};

/// signal(7), "Standard signals".
[[nodiscard]] constexpr default_action default_action_of(int signal) noexcept {
    switch (signal) {
        case SIGCHLD:
        case SIGCONT:
        case SIGURG:
        case SIGWINCH:
            return default_action::none;
        case SIGSTOP:
        case SIGTSTP:
        case SIGTTIN:
        case SIGTTOU:
            return default_action::stops;
        default:
            return default_action::ends;
    }
}

}  // namespace lastcall::sys
