#include "cli/nearest.hpp"

#include <algorithm>
#include <vector>

namespace lastcall::cli {
namespace {

// A name that is longer than any of ours is near to none.
constexpr std::size_t longest_compared = 64;

/// Optimal string alignment: Levenshtein's distance, and a swap of neighbours is one step.
std::size_t steps_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view typed, std::span<const std::string> known) {
    if (typed.empty() || typed.size() > longest_compared) {
        return {};
    }
    std::string best;
    std::size_t least = std::max<std::size_t>(typed.size() / 3, 1) + 1;
    for (const auto& one : known) {
        const bool is_beginning = typed.size() > 1 && one.starts_with(typed);
        const auto steps = is_beginning ? 1 : steps_between(typed, one);
        if (steps < least) {
            least = steps;
            best = one;
        }
    }
    return best;
}

}  // namespace lastcall::cli
