#include "lint/chain/formula.hpp"

#include "lint/launch/launch_steps.hpp"

namespace lastcall::lint {

std::chrono::milliseconds budget_sum::reserve() const { return reserve_of(kill); }

std::chrono::milliseconds budget_sum::least() const {
    return announce + drain.value_or(std::chrono::milliseconds(0)) + reserve();
}

std::string budget_sum::text() const {
    std::string made;
    if (announce.count() > 0) {
        made += "P " + seconds_text(announce) + " s + ";
    }
    made += "L + D" + (drain ? " " + seconds_text(*drain) + " s" : std::string());
    made += " + M " + seconds_text(reserve()) + " s ";
    return made + (breaks() ? "> " : "<= ") + "K " + seconds_text(kill) + " s";
}

}  // namespace lastcall::lint
