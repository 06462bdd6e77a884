// Durations of Go and paths of an image.
#include <algorithm>
#include <array>
#include <charconv>

#include "lint/dockerfile/docker_image.hpp"

namespace lastcall::lint {

std::optional<std::chrono::nanoseconds> go_duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 7> units{{{"ns", 1},
                                                                        {"us", 1e3},
                                                                        {"\xC2\xB5s", 1e3},
                                                                        {"ms", 1e6},
                                                                        {"s", 1e9},
                                                                        {"m", 60e9},
                                                                        {"h", 3600e9}}};
    if (text == "0") {
        return std::chrono::nanoseconds(0);
    }
    double sum = 0;
    bool has_some = false;
    while (!text.empty()) {
        double number = 0;
        const bool is_number = text[0] == '.' || (text[0] >= '0' && text[0] <= '9');
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number,
                                          std::chars_format::fixed);
        if (!is_number || read.ec != std::errc()) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& one) {
            return text.starts_with(one.first);
        });
        if (unit == units.end()) {
            return std::nullopt;
        }
        text.remove_prefix(unit->first.size());
        sum += number * unit->second;
        has_some = true;
    }
    if (!has_some || sum > 9.2e18) {
        return std::nullopt;
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(sum));
}

std::string joined_path(std::string_view folder, std::string_view path) {
    std::vector<std::string_view> parts;
    const auto add = [&](std::string_view text) {
        while (!text.empty()) {
            const auto end = std::min(text.find('/'), text.size());
            const auto part = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (part == "..") {
                if (!parts.empty()) {
                    parts.pop_back();
                }
            } else if (!part.empty() && part != ".") {
                parts.push_back(part);
            }
        }
    };
    if (!path.starts_with('/')) {
        add(folder);
    }
    add(path);
    std::string made;
    for (const auto part : parts) {
        made += '/';
        made += part;
    }
    return made.empty() ? "/" : made;
}

}  // namespace lastcall::lint
