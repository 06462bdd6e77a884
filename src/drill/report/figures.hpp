// Numbers and foreign texts as people read them, the same on a page and in a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::drill {

/// "1,204"
[[nodiscard]] std::string thousands(std::uint64_t number);

/// "1 request", "1,204 requests"
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view many = {});

/// With three digits that count: "412 ms", "1.24 s", "30 s", "85 µs".
[[nodiscard]] std::string length_text(std::int64_t ns);

/// "+412 ms", "−1.2 s", "0"
[[nodiscard]] std::string offset_text(std::int64_t ns);

/// Two digits that count: "0.25 %", "12 %". A share above 0 never becomes "0 %".
[[nodiscard]] std::string percent(double share);

/// "48 MB"
[[nodiscard]] std::string size_text(std::int64_t bytes);

/// With a full stop instead of the locale's, and without zeros at the end: "12.5".
[[nodiscard]] std::string decimal(double number, int places);

/// `text` as valid UTF-8 without control characters, so that no name that a server or a file
/// system made up can steer a terminal or break a document. What was there is a U+FFFD.
[[nodiscard]] std::string harmless(std::string_view text);

/// How many columns a terminal needs for it: characters of UTF-8, combining ones not told
/// apart.
[[nodiscard]] std::size_t columns(std::string_view text) noexcept;

}  // namespace lastcall::drill
