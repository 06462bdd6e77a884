#include "agent/story/words.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "core/utf8.hpp"

namespace lastcall::agent::story {

namespace {

using std::chrono::duration_cast;

struct moment {
    std::chrono::year_month_day day;
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

moment split(nanoseconds at) {
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(at);
    const auto days = std::chrono::floor<std::chrono::days>(whole);
    return {std::chrono::year_month_day(std::chrono::sys_days(days)),
            std::chrono::hh_mm_ss(whole - days)};
}

template <class... Values>
std::string print(const char* format, Values... values) {
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), format, values...);
    return {text.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

std::string day_of(const moment& m) {
    return print("%04d-%02u-%02u", static_cast<int>(m.day.year()),
                 static_cast<unsigned>(m.day.month()), static_cast<unsigned>(m.day.day()));
}

std::string clock_of(const moment& m, bool with_milliseconds) {
    auto text = print("%02d:%02d:%02d", static_cast<int>(m.time.hours().count()),
                      static_cast<int>(m.time.minutes().count()),
                      static_cast<int>(m.time.seconds().count()));
    return with_milliseconds ? text + print(".%03d", static_cast<int>(m.time.subseconds().count()))
                             : text;
}

/// "3 min", or "3 min 12 s".
std::string two_units(long long large, const char* large_unit, long long small,
                      const char* small_unit) {
    return std::to_string(large) + " " + large_unit +
           (small == 0 ? "" : " " + std::to_string(small) + " " + small_unit);
}

/// One decimal, and none where it is zero.
std::string decimal(double value) {
    auto text = print("%.1f", value);
    if (text.ends_with(".0")) {
        text.resize(text.size() - 2);
    }
    return text;
}

}  // namespace

zone local_zone() {
    return [](nanoseconds at) -> local_offset {
        const auto seconds =
            static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(at).count());
        std::tm parts{};
        if (::localtime_r(&seconds, &parts) == nullptr) {
            return {};
        }
        return {std::chrono::seconds(parts.tm_gmtoff), parts.tm_zone};
    };
}

std::string day_text(nanoseconds since_1970, const zone& where) {
    return day_of(split(since_1970 + where(since_1970).ahead));
}

std::string clock_text(nanoseconds since_1970, const zone& where, bool with_milliseconds) {
    return clock_of(split(since_1970 + where(since_1970).ahead), with_milliseconds);
}

std::string moment_text(nanoseconds since_1970, const zone& where) {
    const auto offset = where(since_1970);
    const auto m = split(since_1970 + offset.ahead);
    return day_of(m) + " " + clock_of(m, false) + " " + offset.name;
}

std::string utc_text(nanoseconds since_1970) {
    const auto m = split(since_1970);
    return day_of(m) + "T" + clock_of(m, true) + "Z";
}

std::string duration_text(nanoseconds value) {
    using namespace std::chrono;
    if (value < 0ns) {
        return "-" + duration_text(-value);
    }
    if (value < 1ms) {
        return value == 0ns ? "0 ms"
                            : std::to_string(duration_cast<microseconds>(value).count()) + " us";
    }
    if (value < 1s) {
        return std::to_string(duration_cast<std::chrono::milliseconds>(value).count()) + " ms";
    }
    const auto tenths = duration_cast<std::chrono::milliseconds>(value).count() / 100;
    if (value < 60s) {
        return decimal(static_cast<double>(tenths) / 10) + " s";
    }
    const auto whole = duration_cast<seconds>(value).count();
    if (value < 60min) {
        return two_units(whole / 60, "min", whole % 60, "s");
    }
    if (value < 24h) {
        return two_units(whole / 3600, "h", whole / 60 % 60, "min");
    }
    return two_units(whole / 86400, whole < 2 * 86400 ? "day" : "days", whole / 3600 % 24, "h");
}

std::string size_text(std::int64_t bytes) {
    constexpr const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < std::size(units)) {
        value /= 1000;
        ++unit;
    }
    return decimal(value) + " " + units[unit];
}

std::string count_text(std::int64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string shown(std::string_view text) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string out;
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        auto length = core::character_length(text);
        if (byte == '\n' || byte == '\t' || byte == '\r') {
            out += ' ';
        } else if (length == 0 || byte < 0x20 || byte == 0x7f ||
                   (byte == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0)) {  // C0, DEL, C1
            out += replacement;
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::string command_text(const nlohmann::json& command, std::size_t most) {
    std::string line;
    if (command.is_string()) {
        line = shown(command.get_ref<const std::string&>());
    }
    for (const auto& word : command.is_array() ? command : nlohmann::json::array()) {
        if (!word.is_string()) {
            continue;
        }
        const auto text = shown(word.get_ref<const std::string&>());
        const bool is_plain = !text.empty() && text.find_first_of(" \"'\\$") == std::string::npos;
        line += (line.empty() ? "" : " ") + (is_plain ? text : "\"" + text + "\"");
    }
    std::size_t end = 0;
    for (std::size_t count = 0; end < line.size() && count < most; ++count) {
        end += std::max<std::size_t>(core::character_length(std::string_view(line).substr(end)), 1);
    }
    return end < line.size() ? line.substr(0, end) + "…" : line;
}

std::string digest_text(std::string_view digest) {
    const auto colon = digest.find(':');
    return shown(digest.substr(0, (colon == std::string_view::npos ? 0 : colon + 1) + 12));
}

}  // namespace lastcall::agent::story
