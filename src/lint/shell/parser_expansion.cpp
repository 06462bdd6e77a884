#include <algorithm>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {
namespace {

/// The longest first.
constexpr std::string_view operations[] = {":-", ":=", ":?", ":+", "##", "%%", "//", "/#",
                                           "/%", "^^", ",,", "-",  "=",  "?",  "+",  "#",
                                           "%",  "/",  "^",  ",",  ":",  "@",  "~~", "~"};

/// Between double quotes a single quote is one of these operations' text, not a quote.
bool takes_quotes_as_text(std::string_view operation) {
    return operation.empty() || operation == ":-" || operation == "-" || operation == ":=" ||
           operation == "=" || operation == ":?" || operation == "?" || operation == ":+" ||
           operation == "+";
}

}  // namespace

void parser::read_dollar(std::vector<part>& into, bool is_quoted) {
    const std::size_t begin = at_;
    const char next = peek(1);
    if (!is_quoted && next == '\'') {
        read_ansi_quotes(into);
        return;
    }
    if (!is_quoted && next == '"') {
        ++at_;
        read_double_quotes(into);
        return;
    }
    if (next == '(' && peek(2) == '(' && is_arithmetic(at_ + 3)) {
        part made;
        made.kind = part_kind::arithmetic;
        made.is_quoted = is_quoted;
        at_ += 3;
        read_arithmetic(made.inner, "))", begin);
        made.where = from(begin);
        made.text = view(begin);
        into.push_back(std::move(made));
        return;
    }
    part made;
    made.is_quoted = is_quoted;
    if (next == '(') {
        at_ += 2;
        made.kind = part_kind::command;
        read_substitution(made, begin);
    } else if (next == '{') {
        at_ += 2;
        made.kind = part_kind::parameter;
        read_braced(made, is_quoted);
        made.where = from(begin);
    } else if (const auto end = next == '[' ? end_of_index(at_ + 1) : 0; end != 0) {
        ++at_;
        made.kind = part_kind::arithmetic;
        read_index(made.inner, end);
        made.where = from(begin);
        made.text = view(begin);
    } else if (begins_name(next)) {
        at_ += 2;
        while (is_in_name(peek())) {
            ++at_;
        }
        made.kind = part_kind::parameter;
        made.where = from(begin);
        made.text = view(begin + 1);
    } else if (next != '\0' &&
               std::string_view("0123456789@*#?-$!").find(next) != std::string_view::npos) {
        at_ += 2;
        made.kind = part_kind::parameter;
        made.where = from(begin);
        made.text = view(begin + 1);
    } else {
        ++at_;  // a dollar sign that stands for itself
        add_text(into, begin, is_quoted);
        return;
    }
    into.push_back(std::move(made));
}

/// Behind `${`.
void parser::read_braced(part& into, bool is_quoted) {
    const std::size_t opener = at_ - 2;
    if (!enter(opener)) {
        return;
    }
    const bool is_length =
        peek() == '#' && peek(1) != '}' &&
        (is_in_name(peek(1)) ||
         ((peek(1) == '@' || peek(1) == '*' || peek(1) == '?' || peek(1) == '$' || peek(1) == '!' ||
           peek(1) == '#' || peek(1) == '-') &&
          peek(2) == '}'));
    const bool is_indirect =
        peek() == '!' && (is_in_name(peek(1)) || peek(1) == '@' || peek(1) == '#');
    if (is_length || is_indirect) {
        ++at_;
    }
    const std::size_t name = at_;
    if (is_in_name(peek())) {
        while (is_in_name(peek())) {
            ++at_;
        }
    } else if (!at_end() && peek() != '}') {
        ++at_;  // $@, $#, $?, ...
    } else if (peek() == '}') {
        report(problem::kind::incomplete, between(opener, at_ + 1), "`${}` names no variable");
    }
    into.text = view(name);
    if (is_length) {
        into.operation = "length";
    } else if (is_indirect) {
        into.operation = "indirect";
    }
    if (const auto end = peek() == '[' ? end_of_index(at_) : 0; end != 0) {
        word index;
        const std::size_t begin = at_;
        read_index(index.parts, end);
        index.where = from(begin);
        index.text = view(begin);
        if (into.operation.empty()) {
            into.operation = "index";
        }
        into.words.push_back(std::move(index));
    }
    if (!at_end() && peek() != '}') {
        const auto* found = std::find_if(std::begin(operations), std::end(operations),
                                         [&](std::string_view one) { return sees(one); });
        if (found != std::end(operations)) {
            into.operation = *found;
            at_ += found->size();
        }
        read_argument(into, is_quoted);
    }
    if (at_end()) {
        report_unclosed(between(opener, opener + 2), "`${`");
    } else {
        ++at_;
    }
    leave();
}

/// The word behind an operation, up to the brace.
void parser::read_argument(part& into, bool is_quoted) {
    word made;
    const std::size_t begin = at_;
    const bool has_quotes = !is_quoted || !takes_quotes_as_text(into.operation);
    std::size_t run = begin;
    while (at_ < end_ && text_[at_] != '}') {
        const char here = text_[at_];
        if (here == '\\' || here == '"' || here == '$' || here == '`' ||
            (here == '\'' && has_quotes)) {
            add_text(made.parts, run, is_quoted);
            run = at_;
            if (!count_node()) {
                break;
            }
            if (here == '\\') {
                read_escape(made.parts);
            } else if (here == '"') {
                read_double_quotes(made.parts);
            } else if (here == '$') {
                // "${x:-$'a'}": not quoted by what is around the braces.
                read_dollar(made.parts, is_quoted && !has_quotes);
            } else if (here == '`') {
                read_backquotes(made.parts, is_quoted);
            } else {
                read_quotes(made.parts);
            }
            run = at_;
        } else {
            ++at_;
        }
    }
    if (!made.parts.empty()) {
        add_text(made.parts, run, is_quoted);
    }
    made.where = from(begin);
    made.text = view(begin);
    into.words.push_back(std::move(made));
}

/// At `[`, of which end_of_index() has found the `end`.
void parser::read_index(std::vector<part>& into, std::size_t end) {
    const std::size_t begin = at_ + 1;
    const bool has_ended = state_.has_ended;
    const auto whole_end = std::exchange(end_, end - 1);
    at_ = begin;
    if (enter(begin)) {
        read_until(into, '\0', true);
        leave();
    }
    end_ = whole_end;
    at_ = end;
    state_.has_ended = has_ended;
}

/// Behind `((`: up to `end` outside of parentheses.
void parser::read_arithmetic(std::vector<part>& into, std::string_view end, std::size_t begin) {
    if (!enter(begin)) {
        return;
    }
    std::size_t depth = 0;
    std::size_t run = at_;
    while (at_ < end_ && !(depth == 0 && sees(end))) {
        const char here = text_[at_];
        if (here == '(') {
            ++depth;
            ++at_;
        } else if (here == ')') {
            depth -= depth > 0 ? 1U : 0U;
            ++at_;
        } else if (here == '\\') {
            at_ = std::min(at_ + 2, end_);
        } else if (here == '$' || here == '`' || here == '\'' || here == '"') {
            add_text(into, run, true);
            run = at_;
            if (!count_node()) {
                break;
            }
            if (here == '$') {
                read_dollar(into, true);
            } else if (here == '`') {
                read_backquotes(into, true);
            } else if (here == '"') {
                read_double_quotes(into);
            } else {
                read_quotes(into);
            }
            run = at_;
        } else {
            ++at_;
        }
    }
    add_text(into, run, true);
    if (at_end()) {
        report_unclosed(between(begin, begin + 2), "an arithmetic expression");
    } else {
        at_ += end.size();
    }
    leave();
}

}  // namespace lastcall::lint::shell
