// Where something stands in a file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lastcall::lint {

/// A stretch of a file's bytes, and where a reader finds its begin.
struct place {
    std::size_t offset = 0;    ///< in bytes from the begin of the file
    std::size_t size = 0;      ///< in bytes
    std::uint32_t line = 1;    ///< from 1
    std::uint32_t column = 1;  ///< from 1, in bytes of the line
};

}  // namespace lastcall::lint
