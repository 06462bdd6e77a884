// A JSON array of strings, each byte of which keeps its place: RFC 8259.
#include <cstdint>

#include "lint/dockerfile/docker_words.hpp"

namespace lastcall::lint {
namespace {

class json_reader {
public:
    explicit json_reader(const mapped_text& from) : from_(from), text_(from.text()) {}

    json_words read() {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != '[') {
            return std::move(made_);
        }
        if (!array()) {
            made_.wrong = std::min(at_, text_.size());
            made_.words.clear();
            return std::move(made_);
        }
        made_.is_json = !made_.has_other;
        return std::move(made_);
    }

private:
    bool array() {
        ++at_;
        skip_blanks();
        if (take(']')) {
            return ended();
        }
        while (true) {
            if (!element()) {
                return false;
            }
            skip_blanks();
            if (take(']')) {
                return ended();
            }
            if (!take(',')) {
                return fail(at_ < text_.size() ? "a comma or ] is missing" : "] is missing");
            }
            skip_blanks();
        }
    }

    bool ended() {
        skip_blanks();
        return at_ >= text_.size() || fail("something stands behind the ]");
    }

    bool element() {
        if (at_ < text_.size() && text_[at_] == '"') {
            return string();
        }
        if (at_ < text_.size() && text_[at_] == '\'') {
            return fail("JSON has double quotes, not single ones");
        }
        // A number or a word: JSON, but no string.
        const std::size_t begin = at_;
        while (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+' || text_[at_] == '.' ||
                                      (text_[at_] >= '0' && text_[at_] <= '9') ||
                                      (text_[at_] >= 'a' && text_[at_] <= 'z'))) {
            ++at_;
        }
        const auto word = text_.substr(begin, at_ - begin);
        const bool is_number =
            !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
        if (is_number || word == "true" || word == "false" || word == "null") {
            made_.has_other = true;
            made_.why_not = "an array of the exec form has strings only";
            made_.wrong = begin;
            return true;
        }
        at_ = begin;
        return fail(at_ < text_.size() && text_[at_] == ']'
                        ? "a string is missing before ]"
                        : "a string in double quotes is missing");
    }

    bool string() {
        mapped_text word = from_.part(at_ + 1, 0);  // an empty one has its place too
        ++at_;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (static_cast<unsigned char>(text_[at_]) < 0x20) {
                return fail("a control character stands in a string");
            }
            if (text_[at_] == '\\') {
                if (!escape(word)) {
                    return false;
                }
                continue;
            }
            const auto end = text_.find_first_of("\"\\", at_);
            std::size_t stop = std::min(end, text_.size());
            for (std::size_t i = at_; i < stop; ++i) {
                if (static_cast<unsigned char>(text_[i]) < 0x20) {
                    stop = i;
                }
            }
            word.add(from_.part(at_, stop - at_));
            at_ = stop;
        }
        if (!take('"')) {
            return fail("a quote is not closed");
        }
        made_.words.push_back(std::move(word));
        return true;
    }

    bool escape(mapped_text& into) {
        static constexpr std::string_view names = "\"\\/bfnrt";
        static constexpr std::string_view values = "\"\\/\b\f\n\r\t";
        const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        const auto known = names.find(name);
        if (name != '\0' && known != std::string_view::npos) {
            put(values.substr(known, 1), 2, into);
            return true;
        }
        if (name != 'u') {
            return fail("JSON has no such escape");
        }
        auto point = unit(at_);
        std::size_t size = 6;
        if (point >= 0xD800 && point < 0xDC00) {
            const auto low = unit(at_ + 6);
            const bool is_pair = low >= 0xDC00 && low < 0xE000;
            point = is_pair ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
            size = is_pair ? 12 : 6;
        } else if (point >= 0xDC00 && point < 0xE000) {
            point = 0xFFFD;
        }
        if (point == none) {
            return fail("\\u wants four hexadecimal digits");
        }
        put(utf8(point), size, into);
        return true;
    }

    static constexpr std::uint32_t none = 0xFFFFFFFF;

    /// The number of the \uXXXX at `at`.
    [[nodiscard]] std::uint32_t unit(std::size_t at) const {
        if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') {
            return none;
        }
        std::uint32_t value = 0;
        for (const char c : text_.substr(at + 2, 4)) {
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) {
                return none;
            }
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        return value;
    }

    static std::string utf8(std::uint32_t point) {
        std::string made;
        const auto tail = [&](int shift) {
            made += static_cast<char>(0x80 | ((point >> shift) & 0x3F));
        };
        if (point < 0x80) {
            made += static_cast<char>(point);
        } else if (point < 0x800) {
            made += static_cast<char>(0xC0 | (point >> 6));
            tail(0);
        } else if (point < 0x10000) {
            made += static_cast<char>(0xE0 | (point >> 12));
            tail(6);
            tail(0);
        } else {
            made += static_cast<char>(0xF0 | (point >> 18));
            tail(12);
            tail(6);
            tail(0);
        }
        return made;
    }

    void put(std::string_view bytes, std::size_t size, mapped_text& into) {
        const auto begin = from_.offset_of(at_);
        into.add_made(bytes, begin, from_.offset_of(at_ + size - 1) + 1 - begin);
        at_ += size;
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r')) {
            ++at_;
        }
    }

    bool take(char c) {
        const bool is_there = at_ < text_.size() && text_[at_] == c;
        at_ += is_there ? 1 : 0;
        return is_there;
    }

    bool fail(std::string why) {
        made_.why_not = std::move(why);
        made_.has_other = false;
        return false;
    }

    const mapped_text& from_;
    std::string_view text_;
    std::size_t at_ = 0;
    json_words made_;
};

}  // namespace

json_words read_json_words(const mapped_text& text) { return json_reader(text).read(); }

}  // namespace lastcall::lint
