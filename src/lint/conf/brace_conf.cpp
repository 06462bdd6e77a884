// nginx.conf and the Caddyfile.
#include <algorithm>

#include "lint/conf/conf_builder.hpp"
#include "lint/conf/read_conf.hpp"

namespace lastcall::lint {
namespace {

class brace_reader {
public:
    brace_reader(std::string_view text, brace_style style)
        : text_(text), is_caddy_(style == brace_style::caddy), into_(text) {}

    conf_file read() {
        at_ = mark_size(text_);
        while (at_ < text_.size() && !into_.is_full()) {
            const char c = text_[at_];
            if (c == '\n') {
                ++at_;
                if (is_caddy_) {
                    end_item(at_ - 1);
                }
                is_line_begin_ = true;
            } else if (is_blank(c)) {
                ++at_;
            } else if (c == '#') {
                comment_here();
            } else if (c == '{' && opens_here()) {
                open_block();
            } else if (c == '}' && closes_here()) {
                close_block();
            } else if (c == ';' && !is_caddy_) {
                end_item(++at_);
            } else {
                word_here();
                is_line_begin_ = false;
            }
        }
        end_of_file();
        return into_.finish();
    }

private:
    void comment_here() {
        auto end = std::min(text_.find('\n', at_), text_.size());
        const auto next = end;
        end -= end > at_ && text_[end - 1] == '\r' ? 1U : 0U;
        into_.add_comment(at_, end, is_line_begin_);
        at_ = next;
    }

    /// In a Caddyfile a brace opens a block at the end of its line only: {args} is a placeholder.
    [[nodiscard]] bool opens_here() const {
        if (!is_caddy_) {
            return true;
        }
        const auto next = text_.find_first_not_of(" \t\r", at_ + 1);
        return next == std::string_view::npos || text_[next] == '\n' || text_[next] == '#';
    }

    [[nodiscard]] bool closes_here() const { return !is_caddy_ || words_.empty(); }

    void open_block() {
        if (words_.empty()) {
            // The global options of a Caddyfile have no name.
            if (!is_caddy_) {
                into_.note(at_, 1, "a block has no name");
            }
            into_.add("", at_, at_ + 1);
        } else {
            make_item(at_ + 1);
        }
        into_.open();
        ++at_;
    }

    void close_block() {
        if (!words_.empty()) {
            into_.note(words_.front().at.offset, words_.front().at.size,
                       "; is missing behind this");
            make_item(at_);
        }
        if (into_.depth() == 0) {
            into_.note(at_, 1, "no block is open that this } could close");
        } else {
            into_.close(at_);
        }
        ++at_;
    }

    void end_item(std::size_t end) {
        if (!words_.empty()) {
            make_item(end);
        }
    }

    void make_item(std::size_t end) {
        auto& item = into_.add(words_.front().text.text(), words_.front().at.offset, end);
        item.at = words_.front().at;
        words_.erase(words_.begin());
        item.words = std::move(words_);
        words_.clear();
    }

    void end_of_file() {
        if (!words_.empty()) {
            if (!is_caddy_) {
                into_.note(words_.front().at.offset, words_.front().at.size,
                           "; is missing behind this");
            }
            make_item(text_.size());
        }
        if (into_.depth() > 0) {
            const auto& open = into_.innermost();
            into_.note(open.at.offset, open.at.size, "this block is not closed");
        }
        into_.set_last_content(text_.size());
    }

    void word_here() {
        const std::size_t begin = at_;
        const char quote = text_[at_];
        mapped_text made;
        if (quote == '"' || quote == '\'' || (quote == '`' && is_caddy_)) {
            ++at_;
            while (at_ < text_.size() && text_[at_] != quote) {
                take(made, quote);
            }
            if (at_ >= text_.size()) {
                into_.note(begin, 1, "this quote is not closed");
            }
            at_ = std::min(at_ + 1, text_.size());
            words_.push_back(into_.word(std::move(made), begin, at_, true));
            return;
        }
        is_in_variable_ = false;
        while (at_ < text_.size() && !ends_word(begin)) {
            take(made, '\0');
        }
        words_.push_back(into_.word(std::move(made), begin, at_));
    }

    bool ends_word(std::size_t begin) {
        const char c = text_[at_];
        if (is_blank(c)) {
            return true;
        }
        if (is_caddy_) {
            return false;
        }
        if (c == '{' && at_ > begin && text_[at_ - 1] == '$') {
            is_in_variable_ = true;  // ${name}
            return false;
        }
        if (c == '}' && is_in_variable_) {
            is_in_variable_ = false;
            return false;
        }
        return c == ';' || c == '{' || c == '}';
    }

    void take(mapped_text& into, char quote) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size() && quote != '`' &&
            (text_[at_ + 1] == quote || text_[at_ + 1] == '\\' || (quote == '\0' && is_caddy_))) {
            into.add_made(text_.substr(at_ + 1, 1), at_, 2);
            at_ += 2;
        } else if (text_[at_] == '\\' && at_ + 1 < text_.size() && quote == '\0') {
            into.add(text_.substr(at_, 2), at_);  // \. and such of patterns
            at_ += 2;
        } else {
            into.add(text_.substr(at_, 1), at_);
            ++at_;
        }
    }

    std::string_view text_;
    bool is_caddy_;
    conf_builder into_;
    std::size_t at_ = 0;
    bool is_line_begin_ = true;
    bool is_in_variable_ = false;
    std::vector<conf_word> words_;
};

}  // namespace

conf_file read_braces(std::string_view text, brace_style style) {
    return brace_reader(text, style).read();
}

}  // namespace lastcall::lint
