// A value that was put together of pieces of a file, and where each of its bytes stands there.
//
// Continuation lines, quotes and escapes make a value something else than a stretch of its file.
// What reads the value further (a command line, a script in a YAML block) finds places in the
// value; here they become places in the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"

namespace lastcall::lint {

class mapped_text {
public:
    mapped_text() = default;

    /// `bytes` stand in the file as they are, from `offset` on.
    mapped_text(std::string_view bytes, std::size_t offset) { add(bytes, offset); }

    /// Appends what stands in the file as it is, from `offset` on.
    void add(std::string_view bytes, std::size_t offset);

    /// Appends what stands for `size` other bytes at `offset`: an escape, a line end.
    void add_made(std::string_view bytes, std::size_t offset, std::size_t size);

    void add(const mapped_text& other);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    /// Where byte `at` of the value stands in the file; of what lies behind it, where it ends.
    [[nodiscard]] std::size_t offset_of(std::size_t at) const;

    /// From the begin of byte `at` to the end of the last of the `size` bytes, in the file.
    [[nodiscard]] place place_of(std::size_t at, std::size_t size, const line_index& lines) const;

    [[nodiscard]] place whole(const line_index& lines) const { return place_of(0, size(), lines); }

    [[nodiscard]] mapped_text part(std::size_t at, std::size_t size = std::string::npos) const;

    /// Without the blanks (space, tab, line ends) around it.
    [[nodiscard]] mapped_text trimmed() const;

private:
    struct piece {
        std::size_t at;      // in the value
        std::size_t offset;  // in the file
        std::size_t size;    // in the file; as many bytes of the value unless `made`
        bool made;
    };

    [[nodiscard]] std::size_t piece_of(std::size_t at) const;
    [[nodiscard]] std::size_t end_of(std::size_t index) const;
    [[nodiscard]] std::size_t end_offset(std::size_t at) const;

    std::string text_;
    std::vector<piece> pieces_;
};

/// What is before and behind a text and is no part of it: space, tab, line ends, form feed.
[[nodiscard]] bool is_blank(char c) noexcept;

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// ASCII only.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace lastcall::lint
