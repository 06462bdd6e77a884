// Parts of a text, for code without exceptions: std::string_view::substr may throw, and
// what it would throw with comes along even where it never does.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lastcall::core {

/// The first `count` characters; all when there are fewer.
inline std::string_view first_of(std::string_view text, std::size_t count) noexcept {
    return {text.data(), std::min(count, text.size())};
}

/// Everything after the first `count` characters; nothing when there are fewer.
inline std::string_view after(std::string_view text, std::size_t count) noexcept {
    text.remove_prefix(std::min(count, text.size()));
    return text;
}

/// A whole number without sign, blanks or rest; unset for anything else.
inline std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end && !text.empty() ? std::optional(number)
                                                                : std::nullopt;
}

}  // namespace lastcall::core
