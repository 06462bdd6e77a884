#include "lint/chain/formula.hpp"

#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {

std::chrono::milliseconds budget_sum::reserve() const { return stop_reserve(kill); }

std::chrono::milliseconds budget_sum::least() const {
    return announce + drain.value_or(std::chrono::milliseconds(0)) + reserve();
}

std::string budget_sum::text() const {
    std::string made;
    if (announce.count() > 0) {
        made += "P " + seconds_words(announce) + " s + ";
    }
    made += "L + D" + (drain ? " " + seconds_words(*drain) + " s" : std::string());
    made += " + M " + seconds_words(reserve()) + " s ";
    return made + (breaks() ? "> " : "<= ") + "K " + seconds_words(kill) + " s";
}

}  // namespace lastcall::lint
