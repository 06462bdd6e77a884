#include <algorithm>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {

void parser::read_case(command& into) {
    const stretch opener = between(at_, at_ + 4);
    at_ += 4;
    case_command made;
    skip_blanks();
    made.subject = read_word();
    skip_blanks_and_lines();
    if (!take_word("in")) {
        report(problem::kind::incomplete, opener, "`case` without `in`");
        into.what = std::move(made);
        return;
    }
    skip_blanks_and_lines();
    while (!at_end() && reserved_word() != "esac") {
        const std::size_t begin = at_;
        read_case_item(made);
        skip_blanks_and_lines();
        if (at_ == begin) {
            skip_unexpected();
            skip_blanks_and_lines();
        }
        const closer here = see_closer();
        if (here != closer::none && here != closer::esac_word && here != closer::paren &&
            (outer_ & bit(here)) != 0 && made.items.back().end.empty()) {
            break;  // that of a construct around this one
        }
    }
    close("esac", opener, "`case`");
    into.what = std::move(made);
}

void parser::read_case_item(case_command& into) {
    case_item& made = into.items.emplace_back();
    const std::size_t begin = at_;
    count_node();
    if (peek() == '(') {
        ++at_;
        skip_blanks();
    }
    for (;;) {
        word pattern = read_word();
        if (!pattern.text.empty()) {
            made.patterns.push_back(std::move(pattern));
        }
        skip_blanks();
        if (peek() != '|') {
            break;
        }
        ++at_;
        skip_blanks_and_lines();
    }
    made.where = from(begin);
    if (peek() != ')') {
        report(problem::kind::incomplete, made.where, "a pattern of `case` without `)`");
        at_ = std::min(text_.find('\n', at_), end_);
        return;
    }
    ++at_;
    made.body = read_body(bit(closer::case_end) | bit(closer::esac_word));
    const std::size_t end = at_;
    if (see_closer() == closer::case_end) {
        at_ += sees(";;&") ? 3U : 2U;
        made.end = view(end);
    }
    made.where = from(begin);
}

void parser::read_test(command& into) {
    const std::size_t begin = at_;
    at_ += 2;
    test_command made;
    bool is_closed = false;
    bool is_regex = false;
    while (!is_closed) {
        skip_blanks_and_lines();
        const char here = peek();
        if (at_end() || here == ';' || (here == '&' && peek(1) != '&')) {
            break;
        }
        word next;
        const std::size_t at = at_;
        if (is_regex) {
            next = read_plain_or_parts(at_, true);
        } else if (sees("&&") || sees("||")) {
            at_ += 2;
        } else if (here == '(' || here == ')' || here == '|' ||
                   ((here == '<' || here == '>') && peek(1) != '(')) {
            ++at_;
        } else {
            next = read_word();
        }
        if (at_ == at) {
            break;
        }
        next.where = from(at);
        next.text = view(at);
        is_closed = next.text == "]]";
        is_regex = next.text == "=~";
        if (!is_closed) {
            made.words.push_back(std::move(next));
        }
    }
    if (!is_closed) {
        report_unclosed(between(begin, begin + 2), "`[[`");
    }
    into.what = std::move(made);
}

}  // namespace lastcall::lint::shell
