#include "core/restart_policy.hpp"

#include <algorithm>

namespace lastcall::core {

using namespace std::chrono_literals;

restart_policy::decision restart_policy::ended(time now, time ran, bool failed) {
    if (terms_.when == restart_when::never ||
        (terms_.when == restart_when::on_failure && !failed)) {
        return {answer::leave, 0ns};
    }
    if (terms_.loop_ends > 0) {
        while (!ends_.empty() && now - ends_.front() >= terms_.loop_within) {
            ends_.pop_front();
        }
        ends_.push_back(now);
        if (ends_.size() >= terms_.loop_ends) {
            return {answer::crash_loop, 0ns};
        }
    }
    if (restarts_ == 0 || ran >= terms_.steady) {
        next_wait_ = terms_.first;
    }
    const time wait = std::min(next_wait_, terms_.most);
    // A first wait of nothing would double to nothing, for ever.
    next_wait_ = std::min(std::max<time>(wait, 1ms) * 2, terms_.most);
    ++restarts_;
    return {answer::restart, wait};
}

void restart_policy::forgive() noexcept {
    ends_.clear();
    restarts_ = 0;
}

}  // namespace lastcall::core
