#include "core/near_word.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace lastcall::core {
namespace {

constexpr std::size_t longest_word = 64;  // of what is compared: the cost is quadratic

char lower(char c) noexcept {
    return c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::size_t letters_in(std::string_view option) noexcept {
    return option.size() - std::min(option.find_first_not_of('-'), option.size());
}

/// Damerau-Levenshtein, optimal string alignment.
std::size_t edits(std::string_view left, std::string_view right) {
    std::vector<std::vector<std::size_t>> row(3, std::vector<std::size_t>(right.size() + 1));
    for (std::size_t j = 0; j <= right.size(); ++j) {
        row[1][j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        auto& before = row[(i + 2) % 3];
        auto& last = row[i % 3];
        auto& now = row[(i + 1) % 3];
        now[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = lower(left[i - 1]) == lower(right[j - 1]);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
                lower(left[i - 2]) == lower(right[j - 1])) {
                now[j] = std::min(now[j], before[j - 2] + 1);
            }
        }
    }
    return row[(left.size() + 1) % 3].back();
}

}  // namespace

std::string_view near_word(std::string_view given, std::span<const std::string> known) {
    std::string_view best;
    std::size_t least = std::max<std::size_t>(std::min(given.size(), longest_word) / 3, 1) + 1;
    for (const std::string& one : known) {
        if (given.size() > longest_word || one.size() > longest_word) {
            continue;
        }
        const bool is_beginning = given.size() > 1 && one.starts_with(given);
        if (!is_beginning && letters_in(given) < 2) {
            continue;  // "-d" is no slip for "-h"
        }
        const auto now = is_beginning ? 1 : edits(given, one);
        if (now < least && now < one.size()) {
            least = now;
            best = one;
        }
    }
    return best;
}

}  // namespace lastcall::core
