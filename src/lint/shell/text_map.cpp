#include "lint/shell/text_map.hpp"

#include <algorithm>

namespace lastcall::lint::shell {

void text_map::add(piece next) {
    if (!pieces_.empty() && pieces_.back().in_text == next.in_text) {
        pieces_.pop_back();  // an empty piece
    }
    pieces_.push_back(next);
}

std::uint32_t text_map::in_file(std::size_t in_text) const {
    const auto at = text(in_text);
    const auto next =
        std::upper_bound(pieces_.begin(), pieces_.end(), at,
                         [](std::uint32_t given, const piece& one) { return given < one.in_text; });
    if (next == pieces_.begin()) {
        return at;
    }
    const piece& found = *(next - 1);
    return found.is_made ? found.in_file : found.in_file + (at - found.in_text);
}

}  // namespace lastcall::lint::shell
