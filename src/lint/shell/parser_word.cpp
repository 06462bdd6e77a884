#include <algorithm>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {
namespace {

/// True for what makes `(` behind it the begin of a pattern: @(a|b), !(a), ...
bool begins_pattern(char byte) {
    return byte == '@' || byte == '?' || byte == '*' || byte == '+' || byte == '!';
}

char decoded(char escape) {
    constexpr std::string_view names = "abeEfnrtv";
    constexpr std::string_view values = "\a\b\x1b\x1b\f\n\r\t\v";
    const auto at = names.find(escape);
    return at == names.npos ? escape : values[at];
}

}  // namespace

void parser::add_text(std::vector<part>& into, std::size_t begin, bool is_quoted) const {
    if (at_ > begin) {
        part made;
        made.is_quoted = is_quoted;
        made.where = from(begin);
        made.text = view(begin);
        into.push_back(std::move(made));
    }
}

word parser::read_word(bool may_have_index) {
    const std::size_t begin = at_;
    if (may_have_index && peek() == '[') {
        // [a b]=c in an array: the blank is in the index.
        if (const auto end = end_of_index(at_); end != 0) {
            std::vector<part> index;
            read_index(index, end);
        }
    }
    return read_plain_or_parts(begin, false);
}

/// Reads a word that began at `begin`; what lies before the cursor has no quotes in it.
/// In a regular expression `(`, `|` and `)` belong to the word.
word parser::read_plain_or_parts(std::size_t begin, bool is_regex) {
    word made;
    std::size_t run = begin;
    std::size_t depth = 0;
    if (!count_node()) {
        run = at_;
    }
    while (at_ < end_) {
        const char here = text_[at_];
        const auto kind = kind_of(here);
        if (kind == byte_kind::plain) {
            ++at_;
        } else if (kind == byte_kind::ends_word) {
            if ((here == '<' || here == '>') && peek(1) == '(' && depth == 0 && !is_regex) {
                add_text(made.parts, run, false);
                part inner;
                const std::size_t opener = at_;
                inner.kind = here == '<' ? part_kind::process_input : part_kind::process_output;
                at_ += 2;
                read_substitution(inner, opener);
                made.parts.push_back(std::move(inner));
                run = at_;
            } else if (here == '(' &&
                       (is_regex || depth > 0 ||
                        (at_ > run && begins_pattern(text_[at_ - 1]) && peek(1) != ')'))) {
                ++depth;
                ++at_;
            } else if (here == ')' && depth > 0) {
                --depth;
                ++at_;
            } else if ((depth > 0 && here != '\n') || (is_regex && here == '|' && peek(1) != '|')) {
                ++at_;
            } else {
                break;
            }
        } else if (here == '\r') {
            if (is_line_end(at_)) {
                break;
            }
            ++at_;
        } else {
            add_text(made.parts, run, false);
            run = at_;
            if (!count_node()) {
                break;
            }
            if (here == '\\') {
                read_escape(made.parts);
            } else if (here == '\'') {
                read_quotes(made.parts);
            } else if (here == '"') {
                read_double_quotes(made.parts);
            } else if (here == '$') {
                read_dollar(made.parts, false);
            } else {
                read_backquotes(made.parts, false);
            }
            run = at_;
        }
    }
    if (!made.parts.empty()) {
        add_text(made.parts, run, false);
    }
    made.where = from(begin);
    made.text = view(begin);
    return made;
}

void parser::read_escape(std::vector<part>& into) {
    ++at_;
    if (is_line_end(at_) && !at_end()) {
        at_ += text_[at_] == '\r' ? 2U : 1U;  // a line that goes on
        return;
    }
    const std::size_t begin = at_end() ? at_ - 1 : at_;
    at_ = begin + 1;
    add_text(into, begin, true);
}

void parser::read_quotes(std::vector<part>& into) {
    const std::size_t opener = at_;
    part made;
    made.is_quoted = true;
    const auto close = text_.find('\'', opener + 1);
    at_ = std::min(close, end_);
    made.where = between(opener + 1, at_);
    made.text = view(std::min(opener + 1, at_));
    into.push_back(std::move(made));
    if (close < end_) {
        ++at_;
    } else {
        report_unclosed(between(opener, opener + 1), "a quote");
    }
}

void parser::read_double_quotes(std::vector<part>& into) {
    const std::size_t opener = at_;
    ++at_;
    const auto parts = into.size();
    const std::size_t begin = at_;
    read_until(into, '"', true);
    if (into.size() == parts) {
        part empty;
        empty.is_quoted = true;
        empty.where = from(begin);
        empty.text = view(at_);
        into.push_back(std::move(empty));
    }
    if (at_end()) {
        report_unclosed(between(opener, opener + 1), "a quote");
    } else {
        ++at_;
    }
}

/// Reads as between double quotes, up to `end` or to the end of the text.
void parser::read_until(std::vector<part>& into, char end, bool is_quoted) {
    std::size_t run = at_;
    while (at_ < end_) {
        const char here = text_[at_];
        if (here == end && end != '\0') {
            break;
        }
        if (here == '\\' && at_ + 1 < end_) {
            const char next = text_[at_ + 1];
            if (next == '\n' || next == '$' || next == '`' || next == '\\' ||
                (next == end && end != '\0')) {
                add_text(into, run, is_quoted);
                if (!count_node()) {
                    return;
                }
                run = next == '\n' ? at_ + 2 : at_ + 1;
            }
            at_ += 2;
        } else if (here == '$' || here == '`') {
            add_text(into, run, is_quoted);
            if (!count_node()) {
                return;
            }
            if (here == '$') {
                read_dollar(into, is_quoted);
            } else {
                read_backquotes(into, is_quoted);
            }
            run = at_;
        } else {
            ++at_;
        }
    }
    add_text(into, run, is_quoted);
}

/// $'...': what its escapes make is kept beside the file.
void parser::read_ansi_quotes(std::vector<part>& into) {
    const std::size_t opener = at_;
    at_ += 2;
    const std::size_t begin = at_;
    bool has_escape = false;
    while (at_ < end_ && text_[at_] != '\'') {
        has_escape = has_escape || text_[at_] == '\\';
        at_ = std::min(at_ + (text_[at_] == '\\' ? 2U : 1U), end_);
    }
    part made;
    made.is_quoted = true;
    made.where = from(begin);
    made.text = view(begin);
    if (has_escape) {
        std::string text;
        for (std::size_t i = 0; i < made.text.size(); ++i) {
            const bool is_escape = made.text[i] == '\\' && i + 1 < made.text.size();
            text += is_escape ? decoded(made.text[++i]) : made.text[i];
        }
        made.text = state_.out.keep(std::move(text));
    }
    into.push_back(std::move(made));
    if (at_end()) {
        report_unclosed(between(opener, opener + 2), "a quote");
    } else {
        ++at_;
    }
}

}  // namespace lastcall::lint::shell
