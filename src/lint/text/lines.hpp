// The lines of a text, one after the other, with their offsets.
#pragma once

#include <cstddef>
#include <string_view>

namespace lastcall::lint {

/// Hands out lines without their end (\n or \r\n).
class line_reader {
public:
    explicit line_reader(std::string_view text) : text_(text) {}

    /// Returns: whether there was one more.
    bool next() {
        if (next_ >= text_.size()) {
            return false;
        }
        offset_ = next_;
        const auto end = text_.find('\n', next_);
        line_ = text_.substr(next_, end == std::string_view::npos ? end : end - next_);
        next_ = end == std::string_view::npos ? text_.size() : end + 1;
        if (line_.ends_with('\r')) {
            line_.remove_suffix(1);
        }
        return true;
    }

    [[nodiscard]] std::string_view line() const noexcept { return line_; }
    /// Where the line begins.
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
    /// Where the next one begins, or the text ends.
    [[nodiscard]] std::size_t next_offset() const noexcept { return next_; }

private:
    std::string_view text_;
    std::string_view line_;
    std::size_t offset_ = 0;
    std::size_t next_ = 0;
};

/// How many bytes a byte order mark at the begin of the text has.
[[nodiscard]] constexpr std::size_t mark_size(std::string_view text) noexcept {
    return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

}  // namespace lastcall::lint
