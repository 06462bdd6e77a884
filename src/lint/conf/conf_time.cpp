#include "lint/conf/conf_time.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

constexpr double longest = 366.0 * 24 * 3600 * 1000;  // in ms: no limit of a stop is longer

/// In milliseconds; 0 for what is no unit.
double unit_of(std::string_view name, double bare) {
    return name.empty()    ? bare
           : name == "us"  ? 0.001
           : name == "ms"  ? 1.0
           : name == "s"   ? 1000.0
           : name == "sec" ? 1000.0
           : name == "m"   ? 60.0 * 1000
           : name == "h"   ? 3600.0 * 1000
           : name == "d"   ? 24.0 * 3600 * 1000
                           : 0.0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::chrono::milliseconds> conf_time(std::string_view given,
                                                   std::chrono::milliseconds bare) {
    std::string text = lower(trimmed(given));
    if (text.starts_with("pt")) {
        text.erase(0, 2);  // ISO 8601
    }
    double sum = 0;
    std::size_t at = 0;
    if (text.empty() || text.size() > 40) {
        return std::nullopt;
    }
    while (at < text.size()) {
        const auto number_end = std::min(text.find_first_not_of("0123456789.", at), text.size());
        const auto number = text.substr(at, number_end - at);
        if (number.empty() || !is_digit(number.front()) || !is_digit(number.back()) ||
            std::count(number.begin(), number.end(), '.') > 1) {
            return std::nullopt;
        }
        at =
            std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", number_end), text.size());
        const auto unit =
            unit_of(text.substr(number_end, at - number_end), static_cast<double>(bare.count()));
        sum += std::stod(number) * unit;
        if (unit == 0.0 || sum > longest) {
            return std::nullopt;
        }
        while (at < text.size() && text[at] == ' ') {
            ++at;
        }
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(sum));
}

}  // namespace lastcall::lint
