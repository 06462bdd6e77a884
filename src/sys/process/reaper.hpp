// Children that have ended, stopped or gone on: waitid(2).
#pragma once

#include <cstdint>

namespace lastcall::sys {

struct child_change {
    enum class kind : std::uint8_t { exited, killed, stopped, continued };
    kind what = kind::exited;
    int pid = 0;
    int status = 0;  ///< exit status, or the signal that killed or stopped it
};

enum class reaped : std::uint8_t {
    one,      ///< `into` is filled
    nothing,  ///< there are children, and none of them has changed
    empty,    ///< there are no children at all: with a subreaper, the tree is empty
};

/// Takes one change of any child. Never blocks.
reaped take_child_change(child_change& into) noexcept;

}  // namespace lastcall::sys
