// Every gate of the process. Cores are made here, are never unmapped, and are used
// again once their gate is gone, they are empty, and nobody is left to signal them.
#pragma once

#include <cstdint>
#include <string>

#include <lastcall/detail/gate_core.hpp>

namespace lastcall::runtime {

/// An open core. Errors: std::system_error, std::bad_alloc.
detail::gate_core* open_gate(const char* interned_name);

/// The gate object ends: closes, and leaves the core to its last pass.
void abandon_gate(detail::gate_core& core) noexcept;

/// Calls `visit(core)` for each core whose gate exists or whose passes are held.
/// No lock, no allocation: usable by a watchdog whatever the other threads hold.
template <class Visit>
void for_each_gate(Visit&& visit);

/// Calls `visit(label, age_ms, thread)` for each named pass in `core`.
template <class Visit>
void for_each_occupant(const detail::gate_core& core, Visit&& visit);

/// How many are inside all gates together.
std::size_t inside_all_gates() noexcept;

/// How often any gate was entered so far.
std::uint64_t entered_everywhere() noexcept;

void park_all_gates() noexcept;
void unpark_all_gates() noexcept;

/// Whether gates have to fence because membarrier is refused.
bool gates_are_fenced() noexcept;

/// The newest core; each links to an older one.
detail::gate_core* newest_gate() noexcept;

/// The coarse clock as it is now, from the kernel.
std::uint32_t exact_coarse_now() noexcept;

}  // namespace lastcall::runtime

#include "runtime/lane_registry.hpp"

namespace lastcall::runtime {

template <class Visit>
void for_each_gate(Visit&& visit) {
    using core_t = detail::gate_core;
    constexpr std::uint32_t gone = core_t::bit_orphan | core_t::bit_empty;
    for (core_t* c = newest_gate(); c != nullptr; c = c->next) {
        if ((c->state.load(std::memory_order_acquire) & gone) != gone) {
            visit(*c);
        }
    }
}

template <class Visit>
void for_each_occupant(const detail::gate_core& core, Visit&& visit) {
    const std::uint32_t now = exact_coarse_now();
    const std::uint32_t used = lanes_in_use();
    for (std::uint32_t i = 0; i < used; ++i) {
        const detail::lane& l = core.lanes[i];
        const std::uint32_t used_records =
            detail::records_in_turn + l.fresh.load(std::memory_order_acquire);
        for (std::uint32_t k = 0; k < used_records; ++k) {
            const detail::record& r = l.records[k];
            const char* name = r.name.load(std::memory_order_acquire);
            if (name == nullptr) {
                continue;
            }
            const std::uint32_t age = now - r.since.load(std::memory_order_relaxed);
            // The clock of the stamp may be ahead by one tick.
            const bool ahead = age > 0x8000'0000U;
            visit(name, ahead ? 0 : age, r.link.load(std::memory_order_relaxed));
        }
    }
}

}  // namespace lastcall::runtime
