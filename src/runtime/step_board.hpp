// Which step runs on which thread since when, readable at any instant by a watchdog
// that may take no lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/plan.hpp"

namespace lastcall::runtime {

constexpr const char* word(core::step_kind kind) noexcept {
    return kind == core::step_kind::drain ? "drain" : "close";
}

class step_board {
public:
    struct entry {
        const char* component = "";
        const char* step = "";
        std::atomic<bool> running{false};
        std::atomic<bool> forced{false};
        std::atomic<int> thread{0};  ///< 0: no thread is inside (waits for a gate or a completion)
        std::atomic<std::int64_t> since{0};  ///< steady clock, nanoseconds
        std::atomic<std::int64_t> limit{0};  ///< the end of its share, likewise
    };

    /// Set-up: one entry for each step of the plan.
    void prepare(const core::plan& plan) {
        for (const core::part& p : plan.parts()) {
            names_.push_back(std::make_unique<std::string>(p.name));
        }
        entries_ = std::vector<entry>(plan.parts().size() * 2);
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            entries_[i].component = names_[i / 2]->c_str();
            entries_[i].step = word(i % 2 == 0 ? core::step_kind::drain : core::step_kind::close);
        }
        prepared_.store(true, std::memory_order_release);
    }

    entry& at(std::size_t part, core::step_kind kind) noexcept {
        return entries_[part * 2 + (kind == core::step_kind::close ? 1 : 0)];
    }

    template <class Visit>
    void for_each_running(Visit&& visit) const {
        if (!prepared_.load(std::memory_order_acquire)) {
            return;
        }
        for (const entry& e : entries_) {
            if (e.running.load(std::memory_order_acquire)) {
                visit(e);
            }
        }
    }

private:
    std::vector<std::unique_ptr<std::string>> names_;
    std::vector<entry> entries_;
    std::atomic<bool> prepared_{false};
};

}  // namespace lastcall::runtime
