// The paths of a gate that are taken once in a while: the first entry of a thread,
// everything after close, and the search for emptiness.
#include "runtime/coarse_clock.hpp"
#include "runtime/lane_registry.hpp"
#include "sys/barrier.hpp"
#include "sys/event_fd.hpp"

namespace lastcall::detail {

ticket gate_core::enter_without_lane(const char* what) noexcept {
    const std::uint32_t mine = runtime::claim_lane();
    if (mine != shared_lane) {
        return enter(what);
    }
    lane& l = lanes[shared_lane];
    l.entered.fetch_add(1, std::memory_order_seq_cst);
    sys::full_fence();
    if ((state.load(std::memory_order_seq_cst) & attention) != 0 && !enter_slowly(l)) {
        return {no_lane, no_record};
    }
    return {shared_lane, no_record};
}

void gate_core::leave_without_lane() noexcept {
    if (runtime::claim_lane() != shared_lane) {
        leave(0, no_record);
        return;
    }
    lanes[shared_lane].left.fetch_add(1, std::memory_order_seq_cst);
    if ((state.load(std::memory_order_seq_cst) & (bit_closed | bit_fenced)) != 0) {
        check_empty();
    }
}

// The caller has counted itself in and saw a bit that wants attention. Returns
// whether it may stay; if not, it has been counted out again.
bool gate_core::enter_slowly(lane& l) noexcept {
    std::uint32_t seen = state.load(std::memory_order_seq_cst);
    if ((seen & bit_parked) != 0) {
        state.fetch_and(~bit_parked, std::memory_order_seq_cst);
        runtime::wake_coarse_clock();
    }
    if ((seen & bit_fenced) != 0) {
        runtime::read_coarse_clock();
        sys::full_fence();
        seen = state.load(std::memory_order_seq_cst);
    }
    if ((seen & bit_closed) == 0) {
        return true;
    }
    if (&l == &lanes[shared_lane]) {
        l.left.fetch_add(1, std::memory_order_seq_cst);
    } else {
        l.left.store(l.left.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    check_empty();
    return false;
}

void gate_core::close() noexcept {
    // A second closer that comes before the seal issues a barrier of its own.
    if ((state.fetch_or(bit_closed, std::memory_order_seq_cst) & bit_sealed) != 0) {
        return;
    }
    sys::barrier_all_threads();
    // Until here an entry that was admitted may still be in its processor's store
    // buffer, and a leaver that summed up would miss it: nobody may say "empty" yet.
    state.fetch_or(bit_sealed, std::memory_order_seq_cst);
    check_empty();
}

// Whoever finds the closed gate empty first says so, exactly once. Every leaver
// looks after it has counted itself out; of the last two, the fence makes at least
// one see both.
void gate_core::check_empty() noexcept {
    visitors.fetch_add(1, std::memory_order_seq_cst);
    sys::full_fence();
    std::uint32_t seen = state.load(std::memory_order_seq_cst);
    while ((seen & bit_sealed) != 0 && (seen & bit_empty) == 0 && count() == 0) {
        if (state.compare_exchange_strong(seen, seen | bit_empty, std::memory_order_seq_cst)) {
            sys::signal_event(event);
            break;
        }
    }
    visitors.fetch_sub(1, std::memory_order_seq_cst);
}

// Sums what has left before what has entered. Both only grow, so an equal sum means
// that nobody was inside at the moment between the two; after close that lasts.
std::size_t gate_core::count() const noexcept {
    const std::uint32_t used = runtime::lanes_in_use();
    std::uint64_t out = lanes[shared_lane].left.load(std::memory_order_acquire);
    for (std::uint32_t i = 0; i < used; ++i) {
        out += lanes[i].left.load(std::memory_order_acquire);
    }
    std::uint64_t in = lanes[shared_lane].entered.load(std::memory_order_acquire);
    const std::uint32_t used_now = runtime::lanes_in_use();
    for (std::uint32_t i = 0; i < used_now; ++i) {
        in += lanes[i].entered.load(std::memory_order_acquire);
    }
    return static_cast<std::size_t>(in - out);
}

std::uint32_t gate_core::book_listed(lane& l, const char* what) noexcept {
    std::uint32_t head = l.free_head;
    if (head == 0) {
        head = l.returned.exchange(0, std::memory_order_acquire);
    }
    if (head != 0) {
        l.free_head = l.records[head - 1].link.load(std::memory_order_relaxed);
    } else {
        const std::uint32_t fresh = l.fresh.load(std::memory_order_relaxed);
        if (records_in_turn + fresh == records_per_lane) {
            return no_record;
        }
        l.fresh.store(fresh + 1, std::memory_order_release);
        head = records_in_turn + fresh + 1;
    }
    write(l.records[head - 1], what);
    return head - 1;
}

// Other threads push on a stack that only the owner empties, whole: no ABA.
void gate_core::list_record(lane& owner, std::uint32_t index, bool by_owner) noexcept {
    record& r = owner.records[index];
    if (by_owner) {
        r.link.store(owner.free_head, std::memory_order_relaxed);
        owner.free_head = index + 1;
        return;
    }
    std::uint32_t head = owner.returned.load(std::memory_order_relaxed);
    do {
        r.link.store(head, std::memory_order_relaxed);
    } while (!owner.returned.compare_exchange_weak(head, index + 1, std::memory_order_release,
                                                   std::memory_order_relaxed));
}

void gate_core::relabel(std::uint32_t at, std::uint32_t index, const char* what) noexcept {
    if (index != no_record) {
        record& r = lanes[at].records[index];
        r.link.store(runtime::this_thread_id(), std::memory_order_relaxed);
        r.name.store(what, std::memory_order_release);
    }
}

}  // namespace lastcall::detail
