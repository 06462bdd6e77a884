#include "lint/text/line_index.hpp"

#include <algorithm>

namespace lastcall::lint {

line_index::line_index(std::string_view text) : begins_{0}, end_(text.size()) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        if (at + 1 < text.size()) {
            begins_.push_back(at + 1);
        }
    }
}

place line_index::at(std::size_t offset, std::size_t size) const {
    offset = std::min(offset, end_);
    const auto next = std::upper_bound(begins_.begin(), begins_.end(), offset);
    const auto line = next - begins_.begin();
    place made;
    made.offset = offset;
    made.size = std::min(size, end_ - offset);
    made.line = static_cast<std::uint32_t>(line);
    made.column = static_cast<std::uint32_t>(offset - *(next - 1)) + 1;
    return made;
}

std::size_t line_index::begin_of(std::uint32_t line) const {
    return line >= 1 && line <= begins_.size() ? begins_[line - 1] : end_;
}

}  // namespace lastcall::lint
