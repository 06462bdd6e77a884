// What to change when requests are lost, by how most of them were.
#pragma once

#include <span>
#include <string>

#include "drill/verdict/stop_view.hpp"

namespace lastcall::drill {

struct loss_advice {
    std::string why;  ///< "7 reset before the response (5 in the accept queue), 2 cut ..."
    std::string fix;  ///< for the most frequent kind
};

[[nodiscard]] loss_advice advise(std::span<const risky_exchange> lost, const run_record& run);

}  // namespace lastcall::drill
