// What a rule is called, why it is one, and what to do: the same for a file and for a process.
#pragma once

#include <cstdint>
#include <string_view>

namespace lastcall::lint {

enum class severity : std::uint8_t {
    note,     ///< to know; changes no exit status
    warning,  ///< a stop loses something under circumstances that are likely
    error,    ///< a stop loses something, or does not happen
};

/// "note", "warning", "error".
[[nodiscard]] std::string_view to_string(severity value) noexcept;

struct rule {
    std::string_view id;  ///< "D01": what a comment and a baseline name
    severity usual = severity::warning;
    std::string_view title;   ///< one line, without a full stop
    std::string_view why;     ///< what happens at a stop, in sentences
    std::string_view source;  ///< who says so: a man page with its section, or a page
    std::string_view fix;     ///< what to do, in a sentence
    std::string_view bad;     ///< a piece of a file that breaks it; of a process it may be empty
    std::string_view good;    ///< the same, mended
};

}  // namespace lastcall::lint
