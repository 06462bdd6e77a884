#include <algorithm>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {

namespace {

/// Of arithmetic and of an index.
constexpr std::size_t longest_lookahead = 8192;

}  // namespace

/// Looks ahead whether what begins at `inside`, behind `((`, ends with `))`.
bool parser::is_arithmetic(std::size_t inside) {
    inside = std::min(inside, end_);
    std::size_t depth = 1;
    std::size_t at = inside;
    const std::size_t limit =
        inside + std::min({end_ - inside, longest_lookahead, state_.lookahead_left});
    bool is_found = false;
    while (at < limit && !is_found) {
        const char here = text_[at++];
        if (here == '\\') {
            ++at;
        } else if (here == '\'' || here == '"') {
            while (at < limit && text_[at] != here) {
                at += text_[at] == '\\' && here == '"' ? 2U : 1U;
            }
            ++at;
        } else if (here == '(') {
            ++depth;
        } else if (here == ')') {
            is_found = --depth == 0;
        }
    }
    state_.lookahead_left -= std::min(std::min(at, limit) - inside, state_.lookahead_left);
    return is_found && at < end_ && text_[at] == ')';
}

/// Returns: behind the `]` that belongs to the `[` at `bracket`; 0 when it is not on this line.
std::size_t parser::end_of_index(std::size_t bracket) {
    std::size_t depth = 0;
    const std::size_t limit =
        bracket + std::min({end_ - bracket, longest_lookahead, state_.lookahead_left});
    std::size_t found = 0;
    std::size_t at = bracket;
    while (at < limit && found == 0) {
        const char here = text_[at++];
        if (here == '\n') {
            break;
        }
        if (here == '\\') {
            ++at;
        } else if (here == '\'' || here == '"') {
            while (at < limit && text_[at] != here && text_[at] != '\n') {
                at += text_[at] == '\\' && here == '"' ? 2U : 1U;
            }
            ++at;
        } else if (here == '[') {
            ++depth;
        } else if (here == ']' && --depth == 0) {
            found = at;
        }
    }
    state_.lookahead_left -= std::min(std::min(at, limit) - bracket, state_.lookahead_left);
    return found;
}

}  // namespace lastcall::lint::shell
