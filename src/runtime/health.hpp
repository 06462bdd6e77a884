// The state behind lastcall::health.
#pragma once

#include <atomic>
#include <functional>

#include <lastcall/health.hpp>

#include "runtime/heartbeats.hpp"

namespace lastcall {

class health::impl {
public:
    std::atomic<lastcall::state> state{lastcall::state::starting};
    runtime::heartbeats loops;
    std::function<void()> loops_changed = [] {};  ///< wakes whoever beats

    struct named_check {
        std::string name;
        check ask;
    };
    void add(std::vector<named_check>& list, std::string name, check ask);
    [[nodiscard]] std::vector<check_result> ask_all(const std::vector<named_check>& list) const;

    mutable std::mutex mutex;
    std::vector<named_check> readiness_checks;
    std::vector<named_check> liveness_checks;
};

}  // namespace lastcall
