#include "runtime/gate_pool.hpp"

#include <memory>
#include <mutex>

#include "runtime/coarse_clock.hpp"
#include "sys/barrier.hpp"
#include "sys/event_fd.hpp"
#include "sys/fd.hpp"
#include "sys/process/memory.hpp"
#include "sys/process/thread.hpp"

namespace lastcall::runtime {
namespace {

using detail::gate_core;

constexpr std::uint32_t gone = gate_core::bit_orphan | gate_core::bit_empty;

std::atomic<gate_core*> newest{nullptr};
std::mutex making;  // guards the making and the re-use of cores
std::atomic<bool> fenced{false};

// In a child made by fork there is no ticker, and whether membarrier is still
// registered is the kernel's secret: its gates fence from now on.
void after_fork_in_child() {
    new (&making) std::mutex;
    forget_coarse_clock();
    adopt_forked_thread();
    fenced.store(true);
    for (gate_core* c = newest.load(); c != nullptr; c = c->next) {
        c->state.fetch_or(gate_core::bit_fenced, std::memory_order_seq_cst);
        // The child must not ring the parent's bell.
        sys::replace_event(c->event);
    }
}

void prepare_process() {
    static const bool done = [] {
        fenced.store(!sys::register_barrier());
        sys::call_in_forked_child(after_fork_in_child);
        return true;
    }();
    static_cast<void>(done);
}

gate_core* make_core() {
    const int event = sys::make_event();
    try {
        auto core = std::make_unique<gate_core>();
        core->lanes = static_cast<detail::lane*>(
            sys::reserve_zeroed(detail::lane_bytes * detail::lane_count, "the lanes of a gate"));
        core->event = event;
        return core.release();
    } catch (...) {
        sys::close_fd(event);
        throw;
    }
}

gate_core* find_reusable() noexcept {
    for (gate_core* c = newest.load(); c != nullptr; c = c->next) {
        const bool inert = (c->state.load(std::memory_order_seq_cst) & gone) == gone;
        // An inert core gets no new signal; a visitor may still be sending the old one.
        if (inert && c->visitors.load(std::memory_order_seq_cst) == 0) {
            return c;
        }
    }
    return nullptr;
}

}  // namespace

gate_core* open_gate(const char* interned_name) {
    const std::lock_guard lock(making);
    prepare_process();
    if (!fenced.load()) {
        start_coarse_clock();
    }
    gate_core* core = find_reusable();
    const bool fresh = core == nullptr;
    if (fresh) {
        core = make_core();
        core->next = newest.load();
    } else {
        sys::clear_event(core->event);
    }
    core->name.store(interned_name);
    core->state.store(fenced.load() ? gate_core::bit_fenced : gate_core::bit_parked,
                      std::memory_order_seq_cst);
    if (fresh) {
        newest.store(core, std::memory_order_seq_cst);
    }
    return core;
}

void abandon_gate(gate_core& core) noexcept {
    core.close();
    core.state.fetch_or(gate_core::bit_orphan, std::memory_order_seq_cst);
}

std::size_t inside_all_gates() noexcept {
    std::size_t sum = 0;
    for_each_gate([&](const gate_core& core) { sum += core.count(); });
    return sum;
}

std::uint64_t entered_everywhere() noexcept {
    const std::uint32_t used = lanes_in_use();
    std::uint64_t sum = 0;
    for (gate_core* c = newest.load(); c != nullptr; c = c->next) {
        sum += c->lanes[detail::shared_lane].entered.load(std::memory_order_acquire);
        for (std::uint32_t i = 0; i < used; ++i) {
            sum += c->lanes[i].entered.load(std::memory_order_acquire);
        }
    }
    return sum;
}

void park_all_gates() noexcept {
    for_each_gate([](gate_core& c) { c.state.fetch_or(gate_core::bit_parked); });
}

void unpark_all_gates() noexcept {
    for_each_gate([](gate_core& c) { c.state.fetch_and(~gate_core::bit_parked); });
}

bool gates_are_fenced() noexcept { return fenced.load(); }

gate_core* newest_gate() noexcept { return newest.load(std::memory_order_acquire); }

std::uint32_t exact_coarse_now() noexcept {
    read_coarse_clock();
    return detail::coarse_now.load(std::memory_order_relaxed);
}

}  // namespace lastcall::runtime
