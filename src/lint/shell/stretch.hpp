// Where a node of a shell program stands: two offsets, so that a tree of many stays small.
#pragma once

#include <cstdint>

namespace lastcall::lint::shell {

/// The bytes [begin, end) of the file. shell::script::at() makes a place of it.
struct stretch {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    friend bool operator==(const stretch&, const stretch&) = default;
};

}  // namespace lastcall::lint::shell
