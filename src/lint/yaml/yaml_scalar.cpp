#include "lint/yaml/yaml_scalar.hpp"

#include <algorithm>
#include <cstdint>

#include "lint/text/lines.hpp"

namespace lastcall::lint {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string utf8(std::uint32_t point) {
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
        made += static_cast<char>(0xF0 | ((point >> 18) & 7));
        tail(12);
        tail(6);
        tail(0);
    }
    return made;
}

/// A block: | or >, its header, and the lines that belong to it.
struct block {
    std::size_t body = 0;    // the first line behind the header
    std::size_t end = 0;     // behind the last line
    std::size_t indent = 0;  // of its content
    char chomp = 0;
};

block find_block(std::string_view text, std::size_t begin, std::size_t limit, std::size_t parent) {
    block made;
    std::size_t at = begin + 1;
    std::size_t digit = 0;
    for (; at < text.size() &&
           (text[at] == '-' || text[at] == '+' || (text[at] >= '1' && text[at] <= '9'));
         ++at) {
        if (text[at] == '-' || text[at] == '+') {
            made.chomp = text[at];
        } else {
            digit = static_cast<std::size_t>(text[at] - '0');
        }
    }
    const auto line_end = text.find('\n', at);
    made.body = line_end == std::string_view::npos ? text.size() : line_end + 1;
    made.end = made.body;
    made.indent = digit == 0 ? 0 : parent + digit;
    line_reader lines(text.substr(made.body, limit > made.body ? limit - made.body : 0));
    while (lines.next()) {
        const auto line = lines.line();
        const auto indent = std::min(line.find_first_not_of(' '), line.size());
        if (indent == line.size()) {
            continue;  // an empty one belongs to it if something of it comes behind
        }
        if (made.indent == 0) {
            made.indent = indent;
        }
        if (indent < made.indent || made.indent == 0) {
            break;
        }
        made.end = made.body + lines.next_offset();
    }
    return made;
}

class scalar_reader {
public:
    scalar_reader(std::string_view text, std::size_t begin, std::size_t limit)
        : text_(text), at_(begin), limit_(std::min(limit, text.size())) {}

    scalar_source plain(std::string_view value) {
        std::size_t v = 0;
        while (v < value.size() && at_ < limit_) {
            if (value[v] == text_[at_] && text_[at_] != '\n' && text_[at_] != '\r') {
                add(1);
                ++v;
            } else if (!fold(value, v)) {
                break;
            }
        }
        return done();
    }

    scalar_source single() {
        ++at_;
        while (at_ < text_.size()) {
            if (text_[at_] == '\'') {
                if (text_.substr(at_, 2) != "''") {
                    break;
                }
                made("'", 2);
            } else if (!fold_quoted()) {
                add(1);
            }
        }
        at_ = std::min(at_ + 1, text_.size());
        return done();
    }

    scalar_source doubled() {
        ++at_;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\') {
                escape();
            } else if (!fold_quoted()) {
                add(1);
            }
        }
        at_ = std::min(at_ + 1, text_.size());
        return done();
    }

    scalar_source literal(const block& from, bool is_folded) {
        line_reader lines(text_.substr(from.body, from.end - from.body));
        std::size_t breaks = 0;  // line ends not yet put in, and where the first one is
        std::size_t break_at = from.body;
        bool was_deeper = false;
        bool is_first = true;
        while (lines.next()) {
            auto line = lines.line();
            const auto offset = from.body + lines.offset();
            const auto cut = std::min(from.indent, line.size());
            line.remove_prefix(cut);
            const bool is_empty = trimmed(line).empty() &&
                                  line.find('\t') == std::string_view::npos &&
                                  lines.line().find_first_not_of(' ') == std::string_view::npos;
            if (is_empty && line.empty()) {
                ++breaks;
                continue;
            }
            const bool is_deeper = !line.empty() && is_space(line.front());
            if (is_folded && !is_first && !is_deeper && !was_deeper) {
                if (breaks == 1) {
                    source_.text.add_made(" ", break_at, 1);
                } else {
                    source_.text.add_made(std::string(breaks - 1, '\n'), break_at, 1);
                }
            } else if (breaks > 0) {
                source_.text.add_made(std::string(breaks, '\n'), break_at, 1);
            }
            source_.text.add(line, offset + cut);
            break_at = offset + lines.line().size();
            breaks = 1;
            was_deeper = is_deeper;
            is_first = false;
        }
        if (from.chomp != '-' && !is_first) {
            source_.text.add_made("\n", break_at, 1);
        }
        at_ = from.end;
        return done();
    }

private:
    void add(std::size_t size) {
        source_.text.add(text_.substr(at_, size), at_);
        at_ += size;
    }

    void made(std::string_view bytes, std::size_t size) {
        source_.text.add_made(bytes, at_, size);
        at_ += size;
    }

    scalar_source done() {
        source_.end = at_;
        return std::move(source_);
    }

    /// Line ends within a plain scalar, which `value` has as a blank or as line ends.
    bool fold(std::string_view value, std::size_t& v) {
        std::size_t end = at_;
        while (end < limit_ && (is_space(text_[end]) || text_[end] == '\n' || text_[end] == '\r')) {
            ++end;
        }
        std::size_t size = 0;
        if (value[v] == ' ') {
            size = 1;
        }
        while (size == 0 || value[v] == '\n') {
            if (v + size >= value.size() || value[v + size] != '\n') {
                break;
            }
            ++size;
        }
        if (end == at_ || size == 0) {
            return false;
        }
        made(value.substr(v, size), end - at_);
        v += size;
        return true;
    }

    /// Blanks around line ends: one end is a blank, each further one is an end.
    bool fold_quoted() {
        std::size_t end = at_;
        std::size_t breaks = 0;
        while (end < text_.size() &&
               (is_space(text_[end]) || text_[end] == '\n' || text_[end] == '\r')) {
            breaks += text_[end] == '\n' ? 1U : 0U;
            ++end;
        }
        if (breaks == 0) {
            if (end > at_) {
                add(end - at_);
                return true;
            }
            return false;
        }
        if (breaks == 1) {
            made(" ", end - at_);
        } else {
            made(std::string(breaks - 1, '\n'), end - at_);
        }
        return true;
    }

    void escape() {
        static constexpr std::string_view names = "0abtnvfre\"/\\ \t";
        static constexpr std::string_view values("\0\a\b\t\n\v\f\r\x1B\"/\\ \t", 14);
        const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (const auto known = names.find(name); name != '\0' && known != std::string_view::npos) {
            made(values.substr(known, 1), 2);
        } else if (name == 'x' || name == 'u' || name == 'U') {
            const std::size_t digits = name == 'x' ? 2 : name == 'u' ? 4 : 8;
            made(utf8(number(at_ + 2, digits)), 2 + digits);
            at_ = std::min(at_, text_.size());
        } else if (name == '\n' || name == '\r') {
            std::size_t end = at_ + 1;  // a line end that is not there, and the blanks behind it
            end += text_.substr(end, 2) == "\r\n" ? 2U : 1U;
            while (end < text_.size() && is_space(text_[end])) {
                ++end;
            }
            at_ = end;
        } else if (name == 'N' || name == '_' || name == 'L' || name == 'P') {
            made(utf8(name == 'N'   ? 0x85U
                      : name == '_' ? 0xA0U
                      : name == 'L' ? 0x2028U
                                    : 0x2029U),
                 2);
        } else {
            add(1);
        }
    }

    [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t digits) const {
        std::uint32_t value = 0;
        for (std::size_t i = at; i < std::min(at + digits, text_.size()); ++i) {
            const char c = text_[i];
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : 0;
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        return value;
    }

    std::string_view text_;
    std::size_t at_;
    std::size_t limit_;
    scalar_source source_;
};

}  // namespace

std::optional<scalar_source> map_scalar(std::string_view text, std::size_t begin, std::size_t limit,
                                        std::size_t indent, std::string_view value) {
    if (begin >= text.size()) {
        return std::nullopt;
    }
    scalar_reader reader(text, begin, limit);
    scalar_source made;
    const char first = text[begin];
    if (first == '\'') {
        made = reader.single();
    } else if (first == '"') {
        made = reader.doubled();
    } else if (first == '|' || first == '>') {
        const auto found = find_block(text, begin, limit, indent);
        made = reader.literal(found, first == '>');
    } else {
        made = reader.plain(value);
    }
    if (made.text.text() != value) {
        return std::nullopt;
    }
    return made;
}

std::size_t end_of_scalar(std::string_view text, std::size_t begin, std::size_t limit,
                          std::size_t indent) {
    const char first = begin < text.size() ? text[begin] : '\0';
    if (first == '\'') {
        for (std::size_t at = text.find('\'', begin + 1); at != std::string_view::npos;
             at = text.find('\'', at + 2)) {
            if (text.substr(at, 2) != "''") {
                return at + 1;
            }
        }
        return text.size();
    }
    if (first == '"') {
        for (std::size_t at = begin + 1; at < text.size(); ++at) {
            if (text[at] == '\\') {
                ++at;
            } else if (text[at] == '"') {
                return at + 1;
            }
        }
        return text.size();
    }
    return first == '|' || first == '>' ? find_block(text, begin, limit, indent).end
                                        : std::string_view::npos;
}

}  // namespace lastcall::lint
