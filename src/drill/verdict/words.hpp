// Numbers for people: the same in the verdict and in every report.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::drill {

/// "0.8 ms", "412 ms", "4.10 s", "123 s".
[[nodiscard]] std::string duration_text(std::int64_t ns);
[[nodiscard]] inline std::string duration_text(std::chrono::nanoseconds d) {
    return duration_text(d.count());
}

/// With `digits` behind the point.
[[nodiscard]] std::string decimal_text(double value, int digits);

/// "0.73 %"; never "0 %" for what is more than nothing.
[[nodiscard]] std::string percent_text(double share);

/// "0 of 412 (95 %: below 0.73 %)".
[[nodiscard]] std::string share_text(std::uint64_t lost, std::uint64_t n);

/// "1 request", "3 requests".
[[nodiscard]] std::string count_text(std::uint64_t n, std::string_view one);

/// "a, b and c".
[[nodiscard]] std::string listed(const std::vector<std::string>& parts);

/// "a; b; c", for parts that are sentences.
[[nodiscard]] std::string in_a_row(const std::vector<std::string>& sentences);

}  // namespace lastcall::drill
