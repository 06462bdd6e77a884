#include "cli/time_words.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace lastcall::cli {

using namespace std::chrono;

std::optional<nanoseconds> to_time(std::string_view rfc3339) {
    std::array<unsigned, 6> part{};
    std::array<char, 8> end{};
    double fraction = 0;
    const std::string text(rfc3339);
    const auto dot = text.find('.');
    const int read = std::sscanf(text.c_str(), "%4u-%2u-%2uT%2u:%2u:%2u%7s", part.data(), &part[1],
                                 &part[2], &part[3], &part[4], &part[5], end.data());
    if (read < 7 || !text.ends_with('Z')) {
        return std::nullopt;
    }
    if (dot != std::string::npos && std::sscanf(text.c_str() + dot, "%lf", &fraction) != 1) {
        return std::nullopt;
    }
    const year_month_day day{year(static_cast<int>(part[0])), month(part[1]),
                             std::chrono::day(part[2])};
    if (!day.ok() || part[3] > 23 || part[4] > 59 || part[5] > 60) {
        return std::nullopt;
    }
    return sys_days(day).time_since_epoch() + hours(part[3]) + minutes(part[4]) + seconds(part[5]) +
           milliseconds(std::llround(fraction * 1e3));
}

std::string span_text(nanoseconds value) {
    std::array<char, 32> made{};
    const double s = duration<double>(std::max(value, nanoseconds(0))).count();
    int size = 0;
    if (s < 0.9995) {
        size = std::snprintf(made.data(), made.size(), "%.0f ms", s * 1e3);
    } else if (s < 9.95) {
        size = std::snprintf(made.data(), made.size(), "%.1f s", s);
    } else if (s < 119.5) {
        size = std::snprintf(made.data(), made.size(), "%.0f s", s);
    } else if (s < 7200) {
        size = std::snprintf(made.data(), made.size(), "%d min", static_cast<int>(s / 60));
    } else if (s < 172800) {
        size = std::snprintf(made.data(), made.size(), "%d h", static_cast<int>(s / 3600));
    } else {
        size = std::snprintf(made.data(), made.size(), "%d days", static_cast<int>(s / 86400));
    }
    return {made.data(), static_cast<std::size_t>(size)};
}

std::string since_text(std::string_view rfc3339, nanoseconds now) {
    const auto then = to_time(rfc3339);
    return then && then->count() > 0 ? span_text(now - *then) : std::string();
}

std::string offset_text(nanoseconds from, nanoseconds to) {
    std::array<char, 32> made{};
    const int size = std::snprintf(made.data(), made.size(), "+%.3f s",
                                   duration<double>(std::max(to - from, nanoseconds(0))).count());
    return {made.data(), static_cast<std::size_t>(size)};
}

std::string moment_text(std::string_view rfc3339) {
    if (!to_time(rfc3339)) {
        return {};
    }
    return std::string(rfc3339.substr(0, 10)) + " " + std::string(rfc3339.substr(11, 8)) + " UTC";
}

}  // namespace lastcall::cli
