// From an offset to a line and a column, without counting from the begin each time.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lint/text/place.hpp"

namespace lastcall::lint {

/// Lines end at \n; the \r before it belongs to the line.
class line_index {
public:
    /// `text` is not kept.
    explicit line_index(std::string_view text);

    /// The place of the `size` bytes at `offset`; what lies behind the end is put there.
    [[nodiscard]] place at(std::size_t offset, std::size_t size = 0) const;

    /// The offset where line `line` (from 1) begins; of a line that is not there, the end.
    [[nodiscard]] std::size_t begin_of(std::uint32_t line) const;

    [[nodiscard]] std::size_t lines() const noexcept { return begins_.size(); }

private:
    std::vector<std::size_t> begins_;
    std::size_t end_;
};

}  // namespace lastcall::lint
