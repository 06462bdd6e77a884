// What the reader of a stream can see: colours, columns, and which characters.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::cli {

struct screen {
    bool is_terminal = false;  ///< may the cursor be moved
    bool has_colour = false;   ///< a terminal, and no NO_COLOR
    bool has_utf8 = true;      ///< by LC_ALL, LC_CTYPE, LANG
    std::size_t width = 0;     ///< columns; 0: lines may be of any length

    // Characters that not every locale has.
    [[nodiscard]] std::string_view arrow() const noexcept { return has_utf8 ? "→" : "->"; }
    [[nodiscard]] std::string_view none() const noexcept { return has_utf8 ? "–" : "-"; }
    [[nodiscard]] std::string_view dots() const noexcept { return has_utf8 ? "…" : "..."; }
    [[nodiscard]] std::string_view between() const noexcept { return has_utf8 ? " · " : " | "; }
    [[nodiscard]] std::string_view good() const noexcept { return has_utf8 ? "✓" : "+"; }
    [[nodiscard]] std::string_view bad() const noexcept { return has_utf8 ? "✗" : "x"; }
    [[nodiscard]] std::string_view open() const noexcept { return has_utf8 ? "●" : "*"; }
};

/// Of a descriptor of this process.
[[nodiscard]] screen screen_of(int fd);

/// What these variables say of the locale's characters; each may be null.
[[nodiscard]] bool is_utf8_locale(const char* lc_all, const char* lc_ctype, const char* lang);

/// Text of somebody else, for a terminal: no control characters (they could move the cursor and
/// rewrite what was said), no characters that turn the direction of writing, no broken UTF-8.
/// They are shown as \x1b, \u202e, \xff. Line ends become blanks.
[[nodiscard]] std::string harmless(std::string_view text);

/// A command as a shell would take it, harmless.
[[nodiscard]] std::string shell_text(std::span<const std::string> words);

/// At most `width` columns, ending in `dots` where something was cut; 0: as it is.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width,
                                    std::string_view dots);

/// Columns of UTF-8 text without colours, one for each character.
[[nodiscard]] std::size_t columns_of_text(std::string_view text) noexcept;

/// With blanks behind it up to `width` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

}  // namespace lastcall::cli
