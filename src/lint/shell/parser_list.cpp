#include <algorithm>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {
namespace {

constexpr std::string_view reserved_words[] = {
    "if",    "then", "elif",   "else",     "fi",     "do", "done", "case", "esac", "while",
    "until", "for",  "select", "function", "coproc", "{",  "}",    "!",    "[[",   "time"};

closer closer_of(std::string_view word) {
    if (word.empty()) {
        return closer::none;
    }
    constexpr std::pair<std::string_view, closer> words[] = {
        {"then", closer::then_word}, {"elif", closer::elif_word}, {"else", closer::else_word},
        {"fi", closer::fi_word},     {"do", closer::do_word},     {"done", closer::done_word},
        {"esac", closer::esac_word}, {"}", closer::brace}};
    const auto* found = std::find_if(std::begin(words), std::end(words),
                                     [&](const auto& one) { return one.first == word; });
    return found == std::end(words) ? closer::none : found->second;
}

}  // namespace

/// The reserved word at the cursor, which is where a command may begin; empty when there is none.
std::string_view parser::reserved_word() const {
    std::size_t end = at_;
    while (end < end_ && end - at_ < 9 && kind_of(text_[end]) == byte_kind::plain) {
        ++end;
    }
    if (end == at_ || end - at_ > 8 ||
        (end < end_ && kind_of(text_[end]) != byte_kind::ends_word && !is_line_end(end) &&
         !(text_[end] == '\\' && is_line_end(end + 1)))) {
        return {};
    }
    const auto word = text_.substr(at_, end - at_);
    const auto* found = std::find(std::begin(reserved_words), std::end(reserved_words), word);
    return found == std::end(reserved_words) ? std::string_view() : *found;
}

closer parser::see_closer() const {
    switch (peek()) {
        case ')':
            return closer::paren;
        case ';':
            return peek(1) == ';' || peek(1) == '&' || peek(1) == '|' ? closer::case_end
                                                                      : closer::none;
        case 't':
        case 'e':
        case 'f':
        case 'd':
        case '}':
            return closer_of(reserved_word());
        default:
            return closer::none;
    }
}

bool parser::take_word(std::string_view expected) {
    const bool is_in = expected == "in" && sees("in") &&
                       (at_ + 2 >= end_ || kind_of(text_[at_ + 2]) != byte_kind::plain);
    if (!is_in && reserved_word() != expected) {
        return false;
    }
    at_ += expected.size();
    return true;
}

/// Reads statements up to one of `wanted`, or to what a construct around this one waits for.
/// What has no place here is skipped, so that a mistake does not hide what follows.
std::vector<statement> parser::read_body(closers wanted) {
    const closers around = std::exchange(outer_, outer_ | wanted);
    std::vector<statement> body = read_list();
    while (!at_end()) {
        const closer here = see_closer();
        if (here != closer::none && (outer_ & bit(here)) != 0) {
            break;
        }
        const std::size_t begin = at_;
        if (!count_node()) {
            break;
        }
        skip_unexpected();
        statement skipped;
        skipped.where = from(begin);
        skipped.chain.emplace_back();
        skipped.chain.back().what.where = skipped.where;
        command& nothing = skipped.chain.back().what.commands.emplace_back();
        nothing.where = skipped.where;
        nothing.what = opaque{view(begin)};
        body.push_back(std::move(skipped));
        skip_blanks();
        if (peek() == ';' && see_closer() == closer::none && view(begin) != ";") {
            ++at_;
        }
        auto rest = read_list();
        std::move(rest.begin(), rest.end(), std::back_inserter(body));
    }
    outer_ = around;
    return body;
}

void parser::skip_unexpected() {
    const std::size_t begin = at_;
    const auto word = reserved_word();
    if (!word.empty()) {
        at_ += word.size();
    } else {
        constexpr std::string_view operators[] = {";;&", ";;", ";&", ";|", "&&", "||", "|&"};
        const auto* found = std::find_if(std::begin(operators), std::end(operators),
                                         [&](std::string_view one) { return sees(one); });
        at_ += found == std::end(operators) ? 1 : found->size();
    }
    report(problem::kind::unexpected, from(begin),
           "`" + std::string(view(begin)) + "` has no place here");
}

/// Reads statements as long as they can be read.
std::vector<statement> parser::read_list() {
    std::vector<statement> list;
    for (;;) {
        skip_blanks_and_lines();
        const char here = peek();
        if (at_end() || here == ')' || here == '|' || here == '&' || here == ';' ||
            see_closer() != closer::none) {
            if (here == '&' && peek(1) == '>') {
                list.push_back(read_statement());
                continue;
            }
            return list;
        }
        const auto problems = state_.out.problems.size();
        list.push_back(read_statement());
        skip_blanks();
        if (peek() == '&' && peek(1) != '&') {
            ++at_;
            list.back().is_background = true;
            list.back().where.end = from(at_).end;
        } else if (peek() == ';' && see_closer() == closer::none) {
            ++at_;
        } else if (!at_end() && peek() != '\n') {
            if (see_closer() != closer::none ||
                std::string_view("&|;").find(peek()) != std::string_view::npos) {
                return list;
            }
            if (problems == state_.out.problems.size()) {
                report(problem::kind::incomplete, between(at_, at_ + 1),
                       "`;` or a new line is missing before this");
            }
        }
    }
}

statement parser::read_statement() {
    statement made;
    const std::size_t begin = at_;
    joined how = joined::first;
    for (;;) {
        made.chain.push_back({how, read_pipeline()});
        made.where = {from(begin).begin, made.chain.back().what.where.end};
        skip_blanks();
        if (sees("&&")) {
            how = joined::if_succeeded;
        } else if (sees("||")) {
            how = joined::if_failed;
        } else {
            return made;
        }
        const std::size_t operation = at_;
        at_ += 2;
        const auto behind = from(operation);
        skip_blanks_and_lines();
        if (at_end() || peek() == ';' || peek() == '|' || (peek() == '&' && peek(1) != '>') ||
            see_closer() != closer::none) {
            report(problem::kind::incomplete, behind, "a command has to follow here");
            return made;
        }
    }
}

pipeline parser::read_pipeline() {
    pipeline made;
    const std::size_t begin = at_;
    for (;;) {
        if (peek() == '!' && (take_word("!") || peek(1) == '(')) {
            at_ += peek() == '!' ? 1U : 0U;
            made.is_negated = !made.is_negated;
        } else if (peek() == 't' && reserved_word() == "time") {
            at_ += 4;
            made.is_timed = true;
            skip_blanks();
            if (sees("-p") && kind_of(peek(2)) == byte_kind::ends_word) {
                at_ += 2;
            }
        } else {
            break;
        }
        skip_blanks();
    }
    made.where = from(begin);
    const bool may_be_empty = made.is_negated || made.is_timed;
    for (;;) {
        const char here = peek();
        if (may_be_empty && (at_end() || here == '\n' || here == ';' || here == ')')) {
            return made;
        }
        made.commands.push_back(read_command());
        made.where.end = made.commands.back().where.end;
        skip_blanks();
        if (peek() != '|' || peek(1) == '|') {
            return made;
        }
        const std::size_t operation = at_;
        at_ += peek(1) == '&' ? 2U : 1U;
        const auto behind = from(operation);
        skip_blanks_and_lines();
        if (at_end() || peek() == ';' || peek() == '|' || (peek() == '&' && peek(1) != '>') ||
            see_closer() != closer::none) {
            report(problem::kind::incomplete, behind, "a command has to follow here");
            return made;
        }
    }
}

}  // namespace lastcall::lint::shell
