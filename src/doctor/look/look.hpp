// Looks at a subject twice, and at nothing else: reads only, and never stops anybody.
#pragma once

#include <functional>
#include <set>
#include <stdexcept>

#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

/// It cannot be looked at: why, and what to do.
class look_error : public std::runtime_error {
public:
    look_error(const std::string& what, std::string hint)
        : std::runtime_error(what), hint_(std::move(hint)) {}
    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

private:
    std::string hint_;
};

struct look_request {
    std::string subject;     ///< in words: "pid 12"
    int pid = 0;             ///< who is signalled; 0: whoever is to be for `port`
    std::uint16_t port = 0;  ///< of a listening socket
    platform_facts platform;
    /// Asked with the cgroup of the process where no platform was named; may be empty.
    std::function<platform_facts(const std::string& group)> ask_platform;
    /// How often the platform has started it again, as of now; may be empty.
    std::function<std::optional<int>(const platform_facts& of)> count_restarts;
    /// Asks the service whether it is ready, while it stops; may be empty.
    std::function<readiness_answer()> ask_ready;
    int signal = 0;  ///< 0: what the platform sends; else SIGTERM
    std::optional<std::chrono::nanoseconds> since;
    std::chrono::nanoseconds between = std::chrono::seconds(1);
    std::string stopped_by;                 ///< the script that asks for the stop; empty: not known
    std::set<listening_port> ports;         ///< that it is known to have listened at
    std::optional<ended_process> replaced;  ///< it came after this one
    bool takes_stacks = false;  ///< of the threads on the route, which are stopped for it
    bool peeks = false;         ///< also at what clients have sent, and nobody has read yet
};

/// Errors: look_error.
/// Blocks: for `between`, and some milliseconds.
[[nodiscard]] seen look(const look_request& what);

}  // namespace lastcall::doctor
