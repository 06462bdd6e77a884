#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>

#include "drill/record/tally.hpp"
#include "figures.hpp"

namespace keeper_bench {
namespace {

double median_of(std::vector<double> values) {
    std::ranges::sort(values);
    return lastcall::drill::quantile(values, 0.5);
}

}  // namespace

void in_turn(bench& all, const char* figure, int times,
             const std::function<void(const init&)>& once) {
    std::set<std::string> failed;
    const std::size_t count = all.inits.size();
    for (int i = 0; i < times; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const init& one = all.inits[(j + static_cast<std::size_t>(i)) % count];
            if (failed.contains(one.name)) {
                continue;
            }
            try {
                once(one);
            } catch (const std::exception& error) {
                all.into.note(std::string(figure) + ": " + one.name + ": " + error.what());
                failed.insert(one.name);
            }
        }
    }
    std::fprintf(stderr, "keeper_bench: %s\n", figure);
}

void add_rows(bench& all, const std::string& figure, const std::string& what,
              const std::string& unit, const values_of& values, std::optional<measured::goal> fixed,
              std::optional<against_best> against) {
    std::optional<double> best;
    for (const init& one : all.inits) {
        const auto found = values.find(one.name);
        if (one.is == kind::peer && found != values.end()) {
            const double median = median_of(found->second);
            best = !best ? median
                         : (against && against->at_least ? std::max(*best, median)
                                                         : std::min(*best, median));
        }
    }
    for (const init& one : all.inits) {
        const auto found = values.find(one.name);
        if (found == values.end() && !one.ours()) {
            continue;
        }
        auto to_reach = one.ours() ? fixed : std::nullopt;
        if (one.ours() && against && best) {
            to_reach = measured::goal{*best * against->factor, false, against->at_least};
        }
        all.into.add({figure, one.name, what, unit,
                      found == values.end() ? std::vector<double>() : found->second, to_reach});
    }
}

}  // namespace keeper_bench
