// The figures, each in a file of its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "inits.hpp"
#include "options.hpp"
#include "running.hpp"
#include "shared/results.hpp"

namespace keeper_bench {

struct bench {
    options chosen;
    processors on;
    std::vector<init> inits;
    measured::results into{{"keeper_bench", "lastcall-init beside other inits", "init"}};

    [[nodiscard]] start plan(place where, std::vector<std::string> role) const {
        return {where, on, chosen.bin + "/keeper_child", std::move(role)};
    }
};

/// Values by the name of the init.
using values_of = std::map<std::string, std::vector<double>>;

void measure_still(bench& all);
void measure_forward(bench& all);
void measure_stop(bench& all);
void measure_reap(bench& all);
void measure_end(bench& all);
void measure_tree(bench& all);

/// Calls `once(init)` `times` times for each, the inits in turn, so that what disturbs the
/// machine for a while disturbs all of them; each round begins with another one. One that
/// fails is noted, and left out from then on.
void in_turn(bench& all, const char* figure, int times,
             const std::function<void(const init&)>& once);

/// How ours is held against the best median of the others.
struct against_best {
    double factor = 1;
    bool at_least = false;  ///< more is better
};

/// A row for each init that has values. `fixed` or `against` is what ours is to reach.
void add_rows(bench& all, const std::string& figure, const std::string& what,
              const std::string& unit, const values_of& values,
              std::optional<measured::goal> fixed = {}, std::optional<against_best> against = {});

}  // namespace keeper_bench
