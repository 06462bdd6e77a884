#include "lint/conf/js_objects.hpp"

#include <algorithm>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

class js_reader {
public:
    explicit js_reader(std::string_view text) : text_(text), lines_(text) {}

    std::vector<js_object> read() {
        while (at_ < text_.size() && made_.size() < 10'000) {
            step();
        }
        return std::move(made_);
    }

private:
    struct level {
        char mark = '{';
        js_object object;
    };

    void step() {
        const char c = text_[at_];
        const auto rest = text_.substr(at_);
        if (rest.starts_with("//")) {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (rest.starts_with("/*")) {
            const auto end = text_.find("*/", at_ + 2);
            at_ = end == std::string_view::npos ? text_.size() : end + 2;
        } else if (rest.starts_with("...")) {
            if (!open_.empty()) {
                open_.back().object.is_open = true;
            }
            at_ += 3;
        } else if (c == '"' || c == '\'' || c == '`') {
            string_here(c);
        } else if (c == '{' || c == '[' || c == '(') {
            if (open_.size() < 200) {
                js_object next;
                next.key = key_here();
                open_.push_back({c, std::move(next)});
            }
            key_.reset();
            is_value_ = false;
            ++at_;
        } else if (c == '}' || c == ']' || c == ')') {
            close(c);
            ++at_;
        } else if (c == ',' || c == ';') {
            key_.reset();
            is_value_ = false;
            last_.reset();
            ++at_;
        } else if (c == ':' && last_) {
            key_ = std::move(last_);
            last_.reset();
            is_value_ = true;
            ++at_;
        } else if (is_blank(c)) {
            ++at_;
        } else {
            word_here();
        }
    }

    /// The key that what begins here is the value of, or the list around it.
    [[nodiscard]] std::string key_here() const {
        if (key_) {
            return key_->key;
        }
        return open_.empty() || open_.back().mark == '{' ? std::string() : open_.back().object.key;
    }

    void close(char mark) {
        const char begin = mark == '}' ? '{' : mark == ']' ? '[' : '(';
        if (open_.empty() || open_.back().mark != begin) {
            return;
        }
        if (begin == '{') {
            made_.push_back(std::move(open_.back().object));
        }
        open_.pop_back();
        key_.reset();
        last_.reset();
        is_value_ = false;
    }

    void string_here(char quote) {
        const auto begin = at_++;
        std::string value;
        bool is_plain = true;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\\') {
                ++at_;
            }
            is_plain = is_plain && !(quote == '`' && text_.substr(at_).starts_with("${"));
            if (at_ < text_.size()) {
                value += text_[at_++];
            }
        }
        at_ = std::min(at_ + 1, text_.size());
        take(is_plain ? std::optional(value) : std::nullopt, begin);
    }

    void word_here() {
        // At least one byte is taken: a colon without a key before it.
        const auto begin = at_++;
        while (at_ < text_.size() && !is_blank(text_[at_]) &&
               std::string_view("{}[](),;:\"'`").find(text_[at_]) == std::string_view::npos) {
            ++at_;
        }
        const std::string word(text_.substr(begin, at_ - begin));
        const bool is_literal = word.find_first_not_of("0123456789._") == std::string::npos ||
                                word == "true" || word == "false";
        take(is_literal || !is_value_ ? std::optional(word) : std::nullopt, begin);
    }

    /// A key, or a value: the first thing behind the colon, and the only one.
    void take(std::optional<std::string> text, std::size_t begin) {
        const auto at = lines_.at(begin, at_ - begin);
        if (!is_value_) {
            last_ = js_value{text.value_or(std::string()), at, std::nullopt, at};
            return;
        }
        if (!key_ || open_.empty() || open_.back().mark != '{') {
            return;
        }
        auto& values = open_.back().object.values;
        if (!values.empty() && values.back().key_at.offset == key_->key_at.offset) {
            values.back().text.reset();  // an expression
            return;
        }
        values.push_back({key_->key, key_->key_at, std::move(text), at});
    }

    std::string_view text_;
    line_index lines_;
    std::size_t at_ = 0;
    std::vector<level> open_;
    std::optional<js_value> last_;
    std::optional<js_value> key_;
    bool is_value_ = false;
    std::vector<js_object> made_;
};

}  // namespace

const js_value* js_object::find(std::string_view wanted) const {
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](const js_value& one) { return one.key == wanted; });
    return found == values.end() ? nullptr : &*found;
}

std::vector<js_object> read_js_objects(std::string_view text) { return js_reader(text).read(); }

}  // namespace lastcall::lint
