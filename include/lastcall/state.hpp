// The words of a life: what state a service is in, why it stops, how it ended.
#pragma once

#include <cstdint>
#include <string_view>

namespace lastcall {

/// starting -> ready -> lame_duck -> draining -> closing -> stopped, with `forcing`
/// when the deadline nears and `failed` for a start that did not succeed.
enum class state : std::uint8_t {
    starting,   ///< components are being made; not ready
    ready,      ///< serving
    lame_duck,  ///< not ready any more, and still serving, until the routing has noticed
    draining,   ///< no new work; what is inside is finished
    closing,    ///< nothing is inside; resources are released, users before the used
    forcing,    ///< the deadline nears: what remains is cancelled
    stopped,    ///< ended
    failed,     ///< the start did not succeed
};

enum class stop_reason : std::uint8_t {
    none,
    sigterm,
    sigint,
    requested,  ///< request_stop()
    start_failed,
};

/// How one step, or the whole stop, ended.
enum class result : std::uint8_t {
    clean,      ///< finished by itself, in time
    failed,     ///< threw, or reported an error
    forced,     ///< was cancelled, and then ended
    abandoned,  ///< had not ended when the process did
};

[[nodiscard]] std::string_view to_string(state value) noexcept;
[[nodiscard]] std::string_view to_string(stop_reason value) noexcept;
[[nodiscard]] std::string_view to_string(result value) noexcept;

/// Exit statuses of a service that uses lastcall. They lie outside sysexits(3)
/// (64 to 78), the shell's (126 and up) and systemd's (200 and up).
enum class exit_status : int {
    clean = 0,       ///< everything ended in time; 143 by re-raised SIGTERM when asked for
    failed = 81,     ///< everything ended, and at least one step reported an error
    forced = 82,     ///< something had to be cancelled, and then everything ended
    abandoned = 83,  ///< the watchdog ended the process with work still inside
    refused = 84,    ///< the service refused to start: bad graph, setting, or resource
};

}  // namespace lastcall
