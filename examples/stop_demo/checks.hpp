// The accounting: what was seen, compared with what has to be true. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drill/tally.hpp"
#include "run.hpp"

namespace stop_demo {

/// One statement, and whether it holds.
struct check {
    std::string name;    ///< for programs: "acknowledged_orders"
    std::string claim;   ///< for people
    std::string number;  ///< what was counted
    bool holds = false;
};

struct verdict {
    lastcall::drill::tally requests;
    std::vector<check> checks;
    double signal_to_exit_ms = 0;
    double last_response_to_exit_ms = 0;

    [[nodiscard]] bool all_hold() const;
    [[nodiscard]] bool conclusive() const { return requests.unknown == 0 && requests.at_risk > 0; }

    /// 0 nothing lost, 3 something lost, 4 inconclusive.
    [[nodiscard]] int status() const;
};

[[nodiscard]] verdict judge(const run_result& seen);

}  // namespace stop_demo
