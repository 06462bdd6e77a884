#include <algorithm>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {
namespace {

bool declares(std::string_view name) {
    return name == "local" || name == "declare" || name == "export" || name == "readonly" ||
           name == "typeset";
}

}  // namespace

/// Always goes on by at least one byte, if there is one.
command parser::read_command() {
    command made;
    const std::size_t begin = at_;
    if (!count_node()) {
        made.where = from(begin);
        made.what = opaque{view(begin)};
        return made;
    }
    const auto reserved = reserved_word();
    if (peek() != '(' && reserved.empty()) {
        read_simple(made);
    } else if (!enter(begin)) {
        made.what = opaque{view(begin)};
    } else {
        if (read_compound(made, reserved)) {
            made.where = from(begin);
            for (;;) {
                skip_blanks();
                if (!read_redirection(made.redirections)) {
                    break;
                }
                made.where = from(begin);
            }
        } else {
            read_simple(made);
        }
        leave();
    }
    if (made.where.end == 0) {
        made.where = from(begin);
    }
    if (at_ == begin && !at_end()) {
        skip_unexpected();
        made.where = from(begin);
        made.what = opaque{view(begin)};
    }
    return made;
}

void parser::read_simple(command& into) {
    simple_command made;
    const std::size_t begin = at_;
    into.where = from(begin);
    while (!at_end()) {
        const char here = peek();
        if (here == '\n' || here == ';' || here == '|' || here == ')') {
            break;
        }
        if (read_redirection(into.redirections)) {
        } else if (here == '&') {
            break;
        } else if (here == '(') {
            if (made.words.size() == 1 && made.assignments.empty() && into.redirections.empty() &&
                read_function(into, begin)) {
                std::get<function_definition>(into.what).name = made.words.front().text;
                return;
            }
            const std::size_t paren = at_;
            skip_parens();
            report(problem::kind::unexpected, between(paren, paren + 1),
                   "`(` has no place in a command");
        } else if (made.words.empty() && at_assignment()) {
            read_assignment(made);
        } else if (!made.words.empty() && declares(made.words.front().text) && at_assignment()) {
            simple_command argument;
            const std::size_t at = at_;
            read_assignment(argument);
            assignment& declared = argument.assignments.front();
            word whole;
            whole.where = declared.where;
            whole.text = view(at);
            const bool is_plain = declared.value.is_plain() && !declared.has_index;
            if (!is_plain) {
                part name;
                name.where = {whole.where.begin, declared.value.where.begin};
                name.text = whole.text.substr(0, whole.text.size() - declared.value.text.size());
                whole.parts.push_back(std::move(name));
                if (declared.value.is_plain()) {
                    part value;
                    value.where = declared.value.where;
                    value.text = declared.value.text;
                    whole.parts.push_back(std::move(value));
                }
                std::move(declared.value.parts.begin(), declared.value.parts.end(),
                          std::back_inserter(whole.parts));
            }
            made.words.push_back(std::move(whole));
        } else {
            made.words.push_back(read_word());
        }
        into.where = from(begin);
        skip_blanks();
    }
    into.what = std::move(made);
}

/// At `(` behind a name. Returns: false, and nothing is read, unless `)` follows.
bool parser::read_function(command& into, std::size_t begin) {
    std::size_t behind = at_ + 1;
    while (behind < end_ && (text_[behind] == ' ' || text_[behind] == '\t')) {
        ++behind;
    }
    if (behind >= end_ || text_[behind] != ')') {
        return false;
    }
    at_ = behind + 1;
    function_definition made;
    read_function_body(made.body, begin);
    into.what = std::move(made);
    into.where = from(begin);
    if (const auto& body = std::get<function_definition>(into.what).body; !body.empty()) {
        into.where.end = body.front().where.end;
    }
    return true;
}

/// True at NAME=, NAME+= and NAME[...]=.
bool parser::at_assignment() {
    if (!begins_name(peek())) {
        return false;
    }
    std::size_t at = at_ + 1;
    while (at < end_ && is_in_name(text_[at])) {
        ++at;
    }
    if (at < end_ && text_[at] == '[') {
        at = end_of_index(at);
        if (at == 0) {
            return false;
        }
    }
    return at < end_ &&
           (text_[at] == '=' || (text_[at] == '+' && at + 1 < end_ && text_[at + 1] == '='));
}

void parser::read_assignment(simple_command& into) {
    assignment made;
    const std::size_t begin = at_;
    while (is_in_name(peek())) {
        ++at_;
    }
    made.name = view(begin);
    if (peek() == '[') {
        made.has_index = true;
        const auto end = end_of_index(at_);
        if (end != 0) {
            read_index(made.index, end);
        } else {
            at_ = std::min(text_.find('=', at_), end_);  // the budget has just ended
        }
    }
    if (peek() == '+') {
        made.is_append = true;
        ++at_;
    }
    at_ = std::min(at_ + 1, end_);
    if (peek() == '(') {
        const std::size_t value = at_;
        read_array(made.value.parts);
        made.value.where = from(value);
        made.value.text = view(value);
    } else {
        made.value = read_plain_or_parts(at_, false);
    }
    made.where = from(begin);
    into.assignments.push_back(std::move(made));
}

void parser::read_array(std::vector<part>& into) {
    const std::size_t begin = at_;
    part made;
    made.kind = part_kind::array;
    ++at_;
    for (;;) {
        skip_blanks_and_lines();
        if (at_end() || peek() == ')') {
            break;
        }
        const std::size_t element = at_;
        word next = read_word(true);
        if (at_ == element) {
            skip_unexpected();
        } else {
            made.words.push_back(std::move(next));
        }
    }
    if (at_end()) {
        report_unclosed(between(begin, begin + 1), "an array");
    } else {
        ++at_;
    }
    made.where = from(begin);
    made.text = view(begin);
    into.push_back(std::move(made));
}

/// Returns: false, and nothing is read, when there is none at the cursor.
bool parser::read_redirection(std::vector<redirection>& into) {
    std::size_t at = at_;
    if (peek() == '{' && begins_name(peek(1))) {
        for (at = at_ + 2; at < end_ && is_in_name(text_[at]); ++at) {
        }
        if (at >= end_ || text_[at] != '}') {
            return false;
        }
        ++at;
    } else {
        while (at < end_ && text_[at] >= '0' && text_[at] <= '9') {
            ++at;
        }
    }
    if (at >= end_ || (text_[at] != '<' && text_[at] != '>' && text_[at] != '&')) {
        return false;
    }
    const char next = at + 1 < end_ ? text_[at + 1] : '\0';
    if (text_[at] == '&' ? (next != '>' || at != at_) : (next == '(' && at == at_)) {
        return false;
    }
    redirection made;
    const std::size_t begin = at_;
    at_ = at;
    if (!count_node()) {
        return true;
    }
    made.descriptor = view(begin);
    constexpr std::string_view operations[] = {"<<-", "<<<", "&>>", "<<", "<>", "<&",
                                               ">>",  ">&",  ">|",  "&>", "<",  ">"};
    made.operation = *std::find_if(std::begin(operations), std::end(operations) - 1,
                                   [&](std::string_view one) { return sees(one); });
    at_ += made.operation.size();
    if (made.operation == "<<" || made.operation == "<<-") {
        read_delimiter(made, made.operation == "<<-");
    } else {
        const auto behind = from(begin);
        skip_blanks();
        made.target = read_word();
        if (made.target.text.empty()) {
            report(problem::kind::incomplete, behind, "a redirection to nothing");
        }
    }
    made.where = from(begin);
    into.push_back(std::move(made));
    return true;
}

/// At `(`: to behind the `)` that belongs to it, or to the end of the line.
void parser::skip_parens() {
    std::size_t depth = 0;
    while (!at_end() && peek() != '\n') {
        const char here = text_[at_++];
        if (here == '\\') {
            at_ = std::min(at_ + 1, end_);
        } else if (here == '(') {
            ++depth;
        } else if (here == ')' && --depth == 0) {
            return;
        }
    }
}

}  // namespace lastcall::lint::shell
