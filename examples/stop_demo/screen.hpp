// A terminal, or what stands in for one: colour only where a person looks and wants it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace stop_demo {

enum class ink { plain, strong, dim, good, bad, accent };

class screen {
public:
    /// Colour when `to` is a terminal and NO_COLOR is not set (no-color.org).
    explicit screen(std::FILE* to);

    /// `text` in colour, if there is any.
    [[nodiscard]] std::string in(ink colour, std::string_view text) const;

    /// Whole lines, at once: they are seen as they happen, also through a pipe.
    void line(std::string_view text = {});

    /// A line that the next one replaces; only on a terminal.
    void passing(std::string_view text);

private:
    std::FILE* to_;
    bool terminal_;
    bool colour_;
    bool has_passing_ = false;
};

/// `text` filled up to `width` columns; UTF-8 counts by characters.
[[nodiscard]] std::string left(std::string_view text, std::size_t width);
[[nodiscard]] std::string right(std::string_view text, std::size_t width);

}  // namespace stop_demo
