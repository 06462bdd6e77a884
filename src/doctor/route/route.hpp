// The way of the stop signal: from whom the platform signals to who does the work, and what each
// process on it makes of the signal. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/stop_cause.hpp"
#include "doctor/look/seen.hpp"

namespace lastcall::doctor {

enum class verdict : std::uint8_t {
    handles,   ///< it has a handler, a signalfd or a thread that waits for it
    forwards,  ///< it passes it on to what it has started
    swallows,  ///< nothing happens
    dies,      ///< the default action ends it at once
    defers,    ///< it takes it only when something else has ended
    unknown,   ///< it may take it in a way that may not be looked at
    decoy,     ///< the handler is the runtime's own, and does nothing as pid 1
    ended,     ///< it was gone at the second look
};

/// "handles".
[[nodiscard]] std::string_view to_string(verdict value) noexcept;

struct hop {
    int pid = 0;
    std::string command;
    verdict what = verdict::handles;
    std::string why;           ///< "bash runs its trap after `node server.js`"
    bool is_reached = true;    ///< the signal comes this far
    bool is_by_group = false;  ///< it gets the signal with everybody, whatever is above it
    const script_place* script = nullptr;  ///< as long as what was seen

    /// The signal ends here without its effect.
    [[nodiscard]] bool is_broken() const noexcept {
        return what == verdict::swallows || what == verdict::defers || what == verdict::decoy;
    }
};

[[nodiscard]] std::vector<hop> make_route(const seen& of);

/// How a shell waits for the child behind it, from its script or from the child's signals.
[[nodiscard]] core::child_place place_of_child(const seen& of, const seen_process& shell,
                                               const seen_process& child);

/// What keeps the trap of a shell longer than a moment, where it is not `child`; null: nothing.
[[nodiscard]] const seen_process* other_in_front(const seen& of, const seen_process& shell,
                                                 const seen_process& child);

/// An init that sends what it gets to everybody below it: dumb-init, tini -g.
[[nodiscard]] bool forwards_to_group(const seen_process& one);

}  // namespace lastcall::doctor
