#include <algorithm>
#include <utility>

#include "lint/shell/parser.hpp"

namespace lastcall::lint::shell {

/// The word behind `<<`: it is not expanded, and any quote in it makes the text literal.
void parser::read_delimiter(redirection& into, bool strips_tabs) {
    skip_blanks();
    const std::size_t begin = at_;
    std::string delimiter;
    bool is_quoted = false;
    while (!at_end()) {
        const char here = peek();
        if (here == '\\') {
            is_quoted = true;
            delimiter += text_.substr(at_ + 1, 1);
            at_ = std::min(at_ + 2, end_);
        } else if (here == '\'' || here == '"') {
            is_quoted = true;
            const auto close = text_.find(here, at_ + 1);
            if (close >= end_) {
                const auto quote = between(at_, at_ + 1);
                at_ = end_;
                report_unclosed(quote, "a quote");
                break;
            }
            delimiter += text_.substr(at_ + 1, close - at_ - 1);
            at_ = close + 1;
        } else if (here == '$' && (peek(1) == '\'' || peek(1) == '"')) {
            ++at_;
        } else if (kind_of(here) == byte_kind::ends_word || is_line_end(at_)) {
            break;
        } else {
            delimiter += here;
            ++at_;
        }
    }
    into.target.where = from(begin);
    into.target.text = view(begin);
    if (at_ == begin) {
        report(problem::kind::incomplete, into.target.where, "`<<` without a word that ends it");
        return;
    }
    heredoc made;
    made.is_quoted = is_quoted;
    made.delimiter = state_.out.keep(std::move(delimiter));
    made.where = from(at_);
    into.heredoc = static_cast<std::uint32_t>(state_.out.heredocs.size());
    state_.out.heredocs.push_back(std::move(made));
    pending_.push_back({into.heredoc, strips_tabs});
}

void parser::read_heredocs() {
    // A substitution in a text may hold texts of its own.
    for (const auto& wanted : std::exchange(pending_, {})) {
        read_heredoc(wanted);
    }
}

void parser::read_heredoc(const pending_heredoc& wanted) {
    heredoc& made = state_.out.heredocs[wanted.index];
    const std::size_t begin = at_;
    std::size_t end = end_;
    bool is_closed = false;
    while (at_ < end_ && !is_closed) {
        const std::size_t line = at_;
        at_ = std::min(text_.find('\n', at_), end_);
        std::string_view text = view(line);
        at_ = std::min(at_ + 1, end_);
        if (wanted.strips_tabs) {
            text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
        }
        if (text.ends_with('\r') && !made.delimiter.ends_with('\r')) {
            text.remove_suffix(1);
        }
        if (text == made.delimiter) {
            end = line;
            is_closed = true;
        } else if (text.starts_with(made.delimiter) && (outer_ & bit(closer::paren)) != 0 &&
                   text.substr(made.delimiter.size()).starts_with(')')) {
            // bash lets `EOF)` end both the text and the substitution around it.
            end = line;
            is_closed = true;
            at_ = line + static_cast<std::size_t>(text.data() - (text_.data() + line)) +
                  made.delimiter.size();
        }
    }
    made.text = text_.substr(begin, end - begin);
    made.where = between(begin, end);
    if (!is_closed && !state_.has_ended) {
        report(problem::kind::heredoc_without_end, made.where,
               "no line `" + std::string(made.delimiter.substr(0, 40)) + "` ends this text");
    }
    if (!made.is_quoted) {
        read_heredoc_parts(made, begin, end);
    }
}

void parser::read_heredoc_parts(heredoc& into, std::size_t begin, std::size_t end) {
    if (into.text.find_first_of("$`\\") == std::string_view::npos || !enter(begin)) {
        return;
    }
    const auto behind = std::exchange(at_, begin);
    const auto whole_end = std::exchange(end_, end);
    const bool has_ended = state_.has_ended;
    std::vector<part> parts;
    read_until(parts, '\0', true);
    into.parts = std::move(parts);
    at_ = behind;
    end_ = whole_end;
    state_.has_ended = has_ended;
    leave();
}

}  // namespace lastcall::lint::shell
