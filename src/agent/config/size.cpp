#include "agent/config/size.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace lastcall::agent {
namespace {

struct unit {
    std::string_view name;
    std::uint64_t bytes;
};

// The greatest first: size_text() takes the first that divides, of those with "i".
constexpr std::array units{
    unit{"TiB", 1ULL << 40U},  unit{"GiB", 1ULL << 30U},
    unit{"MiB", 1ULL << 20U},  unit{"KiB", 1ULL << 10U},
    unit{"TB", 1000000000000}, unit{"GB", 1000000000},
    unit{"MB", 1000000},       unit{"KB", 1000},
    unit{"kB", 1000},          unit{"B", 1},
};

}  // namespace

size_read read_size(std::string_view text) {
    const std::string form = "write it as 512MiB, 64KiB or 2GiB";
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc::result_out_of_range) {
        return {0, "is too large", form};
    }
    if (error != std::errc{}) {
        return {0, text.starts_with('-') ? "is negative" : "is not a size", form};
    }
    auto name = std::string_view(stop, static_cast<std::size_t>(end - stop));
    while (name.starts_with(' ')) {
        name.remove_prefix(1);
    }
    if (name.empty()) {
        return number == 0
                   ? size_read{}
                   : size_read{0, "has no unit",
                               "write " + std::string(text) + "MiB, or " + std::string(text) + "B"};
    }
    for (const auto& one : units) {
        if (one.name == name) {
            if (number > std::numeric_limits<std::uint64_t>::max() / 2 / one.bytes) {
                return {0, "is too large", form};
            }
            return {number * one.bytes, {}, {}};
        }
    }
    if (name.starts_with('.')) {
        return {0, "is not a whole number", form};
    }
    // "512M", "512mb", "512m": nobody can know whether 1000 or 1024 is meant.
    constexpr std::string_view letters = "KMGT";
    const auto at = letters.find(static_cast<char>(name.front() & ~0x20));
    return {0, "has an unknown unit",
            at == std::string_view::npos ? form
                                         : "write " + std::to_string(number) + letters[at] + "iB"};
}

std::string size_text(std::uint64_t bytes) {
    for (const auto& one : units) {
        if (bytes != 0 && bytes % one.bytes == 0 && (one.name.size() == 3 || one.bytes == 1)) {
            return std::to_string(bytes / one.bytes) + std::string(one.name);
        }
    }
    return "0B";
}

}  // namespace lastcall::agent
