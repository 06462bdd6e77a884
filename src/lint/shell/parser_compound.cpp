#include <algorithm>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {

/// Returns: false, and nothing is read, when the word begins a simple command here after all.
bool parser::read_compound(command& into, std::string_view reserved) {
    if (peek() == '(') {
        read_parens(into);
    } else if (reserved == "{") {
        const stretch opener = between(at_, at_ + 1);
        ++at_;
        group made;
        made.body = read_body(bit(closer::brace));
        close("}", opener, "`{`");
        into.what = std::move(made);
    } else if (reserved == "if") {
        read_if(into);
    } else if (reserved == "while" || reserved == "until") {
        read_while(into, reserved == "until");
    } else if (reserved == "for" || reserved == "select") {
        read_for(into, reserved == "select");
    } else if (reserved == "case") {
        read_case(into);
    } else if (reserved == "function") {
        read_function_word(into);
    } else if (reserved == "coproc") {
        read_coprocess(into);
    } else if (reserved == "[[") {
        read_test(into);
    } else {
        return false;
    }
    return true;
}

/// Takes the word that ends a construct; reports it as unclosed when the word is not there.
bool parser::close(std::string_view expected, stretch opener, std::string_view construct) {
    if (take_word(expected)) {
        return true;
    }
    report_unclosed(opener, construct);
    return false;
}

void parser::read_parens(command& into) {
    const std::size_t begin = at_;
    if (peek(1) == '(' && is_arithmetic(at_ + 2)) {
        arithmetic_command made;
        at_ += 2;
        read_arithmetic(made.parts, "))", begin);
        into.what = std::move(made);
        return;
    }
    ++at_;
    subshell made;
    made.body = read_body(bit(closer::paren));
    if (peek() == ')') {
        ++at_;
    } else {
        report_unclosed(between(begin, begin + 1), "`(`");
    }
    into.what = std::move(made);
}

void parser::read_if(command& into) {
    const stretch opener = between(at_, at_ + 2);
    at_ += 2;
    if_command made;
    constexpr closers ends = bit(closer::fi_word) | bit(closer::else_word) | bit(closer::elif_word);
    for (;;) {
        if_branch& branch = made.branches.emplace_back();
        branch.condition = read_body(bit(closer::then_word) | ends);
        if (take_word("then")) {
            branch.body = read_body(ends);
        }
        if (!take_word("elif") || !count_node()) {
            break;
        }
    }
    if (take_word("else")) {
        made.has_else = true;
        made.branches.emplace_back().body = read_body(bit(closer::fi_word));
    }
    close("fi", opener, "`if`");
    into.what = std::move(made);
}

/// From `do` to `done`; bash takes braces as well.
void parser::read_loop_body(std::vector<statement>& into, stretch opener,
                            std::string_view construct) {
    if (reserved_word() == "{") {
        const stretch brace = between(at_, at_ + 1);
        ++at_;
        into = read_body(bit(closer::brace));
        close("}", brace, "`{`");
        return;
    }
    if (!take_word("do")) {
        report(problem::kind::incomplete, opener, std::string(construct) + " without `do`");
        return;
    }
    into = read_body(bit(closer::done_word));
    close("done", opener, construct);
}

void parser::read_while(command& into, bool is_until) {
    const stretch opener = between(at_, at_ + 5);
    at_ += 5;
    while_command made;
    made.is_until = is_until;
    made.condition = read_body(bit(closer::do_word));
    if (at_end()) {
        report_unclosed(opener, is_until ? "`until`" : "`while`");
    } else {
        read_loop_body(made.body, opener, is_until ? "`until`" : "`while`");
    }
    into.what = std::move(made);
}

void parser::read_for(command& into, bool is_select) {
    const std::size_t begin = at_;
    at_ += is_select ? 6U : 3U;
    const stretch opener = from(begin);
    const std::string_view construct = is_select ? "`select`" : "`for`";
    for_command made;
    made.is_select = is_select;
    skip_blanks();
    if (sees("((")) {
        const std::size_t parens = at_;
        at_ += 2;
        read_arithmetic(made.arithmetic, "))", parens);
    } else {
        made.variable = read_word().text;
        skip_blanks_and_lines();
        if (take_word("in")) {
            made.has_words = true;
            skip_blanks();
            while (!at_end() && peek() != '\n' && peek() != ';') {
                const std::size_t word = at_;
                made.words.push_back(read_word());
                if (at_ == word) {
                    made.words.pop_back();
                    skip_unexpected();
                }
                skip_blanks();
            }
        }
    }
    skip_blanks();
    if (peek() == ';' && see_closer() == closer::none) {
        ++at_;
    }
    skip_blanks_and_lines();
    if (at_end()) {
        report_unclosed(opener, construct);
    } else {
        read_loop_body(made.body, opener, construct);
    }
    into.what = std::move(made);
}

void parser::read_function_body(std::vector<command>& into, std::size_t begin) {
    skip_blanks_and_lines();
    if (at_end() || peek() == ';' || peek() == '&' || peek() == '|' || peek() == ')') {
        report(problem::kind::incomplete, from(begin), "a function without a body");
    } else if (enter(begin)) {
        into.push_back(read_command());
        leave();
    }
}

void parser::read_function_word(command& into) {
    const std::size_t begin = at_;
    at_ += 8;
    skip_blanks();
    function_definition made;
    made.name = read_word().text;
    skip_blanks();
    if (peek() == '(') {
        std::size_t behind = at_ + 1;
        while (behind < end_ && (text_[behind] == ' ' || text_[behind] == '\t')) {
            ++behind;
        }
        if (behind < end_ && text_[behind] == ')') {
            at_ = behind + 1;
        }
    }
    read_function_body(made.body, begin);
    into.what = std::move(made);
}

/// coproc command, coproc NAME { ... }
void parser::read_coprocess(command& into) {
    const std::size_t begin = at_;
    at_ += 6;
    skip_blanks();
    coprocess made;
    const std::size_t name = at_;
    if (begins_name(peek()) && reserved_word().empty()) {
        while (is_in_name(peek())) {
            ++at_;
        }
        const auto text = view(name);
        skip_blanks();
        const auto next = reserved_word();
        if (peek() == '(' || (!next.empty() && next != "!" && next != "time" && next != "}")) {
            made.name = text;
        } else {
            at_ = name;
        }
    }
    read_function_body(made.body, begin);
    into.what = std::move(made);
}

}  // namespace lastcall::lint::shell
