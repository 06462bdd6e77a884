// Numbers of a running load, for a live view.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "drill/record/outcome.hpp"

namespace lastcall::drill {

/// Threads: any may read, only the load's own writes.
struct load_counters {
    std::atomic<std::uint64_t> answered{0};     ///< exchanges that ended fine
    std::atomic<std::uint64_t> lost{0};         ///< exchanges that did not, by the server's fault
    std::atomic<std::uint64_t> connections{0};  ///< established now
    std::atomic<std::uint64_t> in_flight{0};    ///< requests without an answer now
    std::atomic<int> ready{-1};                 ///< the probe's last answer: 1, 0; -1: none yet
    std::array<std::atomic<std::uint64_t>, outcome_count> outcomes{};
};

/// For the one thread that writes: no locked instruction is needed.
inline void add_to(std::atomic<std::uint64_t>& counter, std::uint64_t more) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}
inline void take_from(std::atomic<std::uint64_t>& counter, std::uint64_t less) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) - less, std::memory_order_relaxed);
}

}  // namespace lastcall::drill
