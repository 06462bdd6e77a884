#include "drill/verdict/words.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "drill/verdict/statistics.hpp"

namespace lastcall::drill {

std::string decimal_text(double value, int digits) {
    std::array<char, 352> text{};  // the longest double has 309 digits before the point
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string duration_text(std::int64_t ns) {
    const double ms = static_cast<double>(ns) / 1e6;
    const double size = std::abs(ms);
    if (size < 1000) {
        return decimal_text(ms, size < 10 ? 1 : 0) + " ms";
    }
    return decimal_text(ms / 1000, size < 100'000 ? 2 : 0) + " s";
}

namespace {

/// How many digits behind the point a percentage needs to say something.
int digits_of(double percent) {
    return percent < 0.1 ? 3 : percent < 10 ? 2 : percent < 100 ? 1 : 0;
}

}  // namespace

std::string percent_text(double share) {
    const double percent = share * 100;
    if (percent > 0 && percent < 0.001) {
        return "0.001 %";
    }
    return decimal_text(percent, digits_of(percent)) + " %";
}

std::string share_text(std::uint64_t lost, std::uint64_t n) {
    auto text = std::to_string(lost) + " of " + std::to_string(n);
    if (n == 0) {
        return text;
    }
    // A bound is rounded up, or it would not be one.
    const double percent = upper_bound_95(lost, n) * 100;
    const double step = std::pow(10, digits_of(percent));
    return text + " (95 %: below " + percent_text(std::ceil(percent * step - 1e-6) / step / 100) +
           ")";
}

std::string count_text(std::uint64_t n, std::string_view one) {
    return std::to_string(n) + ' ' + std::string(one) + (n == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& parts) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) {
            text += i + 1 == parts.size() ? " and " : ", ";
        }
        text += parts[i];
    }
    return text;
}

std::string in_a_row(const std::vector<std::string>& sentences) {
    std::string text;
    for (const auto& one : sentences) {
        text += (text.empty() ? "" : "; ") + one;
    }
    return text;
}

}  // namespace lastcall::drill
