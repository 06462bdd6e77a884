#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {

/// Behind an opener whose end is `)`.
void parser::read_substitution(part& into, std::size_t opener) {
    if (enter(opener)) {
        const auto around = std::exchange(outer_, 0);
        into.program = read_body(bit(closer::paren));
        outer_ = around;
        if (peek() == ')') {
            ++at_;
        } else {
            report_unclosed(between(opener, opener + 2), "a substitution");
        }
        leave();
    }
    into.where = from(opener);
    into.text = view(opener);
}

/// A backslash in `...` takes away the meaning of $, ` and \ before anything else is read, and
/// between double quotes that of a quote: the program is another text than the file's.
void parser::read_backquotes(std::vector<part>& into, bool is_quoted) {
    const std::size_t opener = at_;
    part made;
    made.kind = part_kind::command;
    made.is_quoted = is_quoted;
    ++at_;
    bool is_changed = false;
    const std::size_t begin = at_;
    std::string program;
    text_map map;
    map.add(0, between(begin, begin).begin);
    std::size_t run = begin;
    while (at_ < end_ && text_[at_] != '`') {
        if (text_[at_] != '\\' || at_ + 1 >= end_) {
            ++at_;
            continue;
        }
        const char next = text_[at_ + 1];
        if (next == '$' || next == '`' || next == '\\' || (next == '"' && is_quoted)) {
            program += view(run);
            run = at_ + 1;
            map.add(program.size(), between(run, run).begin);
            is_changed = true;
        }
        at_ += 2;
    }
    const std::size_t end = at_;
    const bool has_ended = state_.has_ended;
    if (enter(opener)) {
        if (is_changed) {
            program += view(run);
            parser inner(state_.out.keep(std::move(program)), &map, state_);
            made.program = inner.read_program();
        } else {
            const auto around = std::exchange(outer_, 0);
            const auto waiting = std::exchange(pending_, {});
            const auto whole_end = std::exchange(end_, end);
            at_ = begin;
            made.program = read_program();
            end_ = whole_end;
            pending_ = waiting;
            outer_ = around;
            at_ = end;
        }
        state_.has_ended = has_ended;
        leave();
    }
    if (peek() == '`') {
        ++at_;
    } else {
        report_unclosed(between(opener, opener + 1), "a backquote");
    }
    made.where = from(opener);
    made.text = view(opener);
    into.push_back(std::move(made));
}

}  // namespace lastcall::lint::shell
