#include <algorithm>
#include <limits>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {
namespace {

constexpr std::size_t most_problems = 100;

}  // namespace

parser::parser(std::string_view text, const text_map* map, parse_state& state)
    : text_(text), end_(text.size()), map_(map), state_(state) {}

bool parser::is_line_end(std::size_t at) const {
    return at >= end_ || text_[at] == '\n' ||
           (text_[at] == '\r' && at + 1 < end_ && text_[at + 1] == '\n');
}

stretch parser::between(std::size_t begin, std::size_t end) const {
    if (map_ == nullptr) {
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    }
    const auto first = map_->in_file(begin);
    return {first, std::max(first, map_->in_file(end))};
}

void parser::skip_blanks() {
    for (; at_ < end_; ++at_) {
        const char here = text_[at_];
        if (here == '\\' && at_ + 1 < end_ && is_line_end(at_ + 1)) {
            at_ += text_[at_ + 1] == '\r' ? 2U : 1U;
        } else if (here != ' ' && here != '\t' &&
                   !(here == '\r' && at_ + 1 < end_ && text_[at_ + 1] == '\n')) {
            break;
        }
    }
    if (peek() == '#') {
        const std::size_t begin = at_;
        at_ = std::min(text_.find('\n', at_), end_);
        state_.out.comments.push_back(from(begin));
    }
}

void parser::skip_blanks_and_lines() {
    skip_blanks();
    while (peek() == '\n') {
        read_line_end();
        skip_blanks();
    }
}

void parser::read_line_end() {
    ++at_;
    if (!pending_.empty()) {
        read_heredocs();
    }
}

void parser::report(problem::kind what, stretch where, std::string text) {
    if (state_.out.problems.size() < most_problems) {
        state_.out.problems.push_back({what, where, std::move(text)});
    }
}

void parser::report_unclosed(stretch where, std::string_view construct) {
    if (!std::exchange(state_.has_ended, at_end() || state_.has_ended)) {
        report(problem::kind::unclosed, where, std::string(construct) + " has no end");
    }
}

/// Begins a construct that may hold others. Returns: false when it is too deep; then all of the
/// text behind has been skipped, and leave() must not be called.
bool parser::enter(std::size_t begin) {
    if (state_.depth >= max_depth) {
        at_ = end_;
        if (!std::exchange(state_.has_ended, true)) {
            report(problem::kind::too_deep, from(begin),
                   "nested deeper than " + std::to_string(max_depth) +
                       " levels; what follows is not read");
        }
        return false;
    }
    ++state_.depth;
    return true;
}

/// Returns: false when the script has too many; then all of the text behind has been skipped.
bool parser::count_node() {
    if (state_.nodes_left > 0) {
        --state_.nodes_left;
        return true;
    }
    const std::size_t begin = std::exchange(at_, end_);
    if (!std::exchange(state_.has_ended, true)) {
        report(problem::kind::too_large, from(begin), "too large; what follows is not read");
    }
    return false;
}

std::vector<statement> parser::read_program() {
    auto program = read_body(0);
    read_heredocs();
    return program;
}

script read_script(std::string_view text) {
    text = text.substr(0, std::numeric_limits<std::uint32_t>::max());
    script made(std::make_shared<const line_index>(text));
    made.shebang = read_shebang(text);
    parse_state state{made, 4 * text.size() + 65536};
    made.program = parser(text, nullptr, state).read_program();
    // The shebang is a comment to the shell, not to those who look for comments.
    if (!made.comments.empty() && made.comments.front().begin == 0 && text.starts_with("#!")) {
        made.comments.erase(made.comments.begin());
    }
    return made;
}

script read_embedded(std::string_view text, const text_map& map,
                     std::shared_ptr<const line_index> lines) {
    script made(std::move(lines));
    const auto kept = made.keep(std::string(text));
    parse_state state{made, 4 * text.size() + 65536};
    made.program = parser(kept, &map, state).read_program();
    return made;
}

}  // namespace lastcall::lint::shell
