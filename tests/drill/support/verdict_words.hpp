// What several tests of the verdict say.
#pragma once

#include <string>

#include "drill/support/record_builder.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

/// The criteria that stand so: "V04 V06".
inline std::string ids(const verdict& made, standing how) {
    std::string all;
    for (const auto& one : made.criteria) {
        if (one.how == how) {
            all += (all.empty() ? "" : " ") + one.id;
        }
    }
    return all;
}

inline void add_times(record_builder& built, int n, const exchange& one) {
    for (int i = 0; i < n; ++i) {
        built.add(one);
    }
}

inline exchange session(record_builder& built, outcome result) {
    auto one = built.answered(-1000, 1200);
    one.lane = "websocket";
    one.method = "ECHO";
    one.status = 101;
    one.at_signal = cell::websocket;
    one.result = result;
    return one;
}

}  // namespace lastcall::drill
