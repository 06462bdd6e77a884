// The part of a gate that is inlined into its users. Not an interface: it may
// change in any version. The protocol is argued in docs/gate.md and model-checked
// in src/runtime/gate.pml.
//
// Memory of cores is type-stable: a core is recycled but never unmapped, so that a
// thread which has just counted itself out may still look at the state word.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lastcall::detail {

/// One pass that is held, or a free entry. `name == nullptr` means free.
struct record {
    std::atomic<const char*> name;
    std::atomic<std::uint32_t> since;  ///< milliseconds of the coarse clock
    std::atomic<std::uint32_t> link;   ///< held: thread id; free: next free entry
};
static_assert(sizeof(record) == 16);

inline constexpr std::uint32_t no_lane = ~std::uint32_t{0};
inline constexpr std::uint32_t no_record = ~std::uint32_t{0};

/// Bytes between two lanes, and how many threads have one. Threads beyond share
/// the last lane and count there with locked instructions.
inline constexpr std::size_t lane_bytes = 32 * 1024;
inline constexpr std::uint32_t lane_count = 512;
inline constexpr std::uint32_t shared_lane = lane_count - 1;
inline constexpr std::uint32_t records_per_lane = (lane_bytes - 256) / sizeof(record);

/// The first records of a lane are used in turn, by the number of the entry, so that
/// taking one depends on nothing but the count. An entry whose turn falls on a held
/// record takes one from the list of free records behind them.
inline constexpr std::uint32_t records_in_turn = 64;

/// What one thread writes. `entered` and `left` only grow, and are never reset.
struct alignas(128) lane {
    std::atomic<std::uint64_t> entered;
    std::atomic<std::uint64_t> left;
    std::uint32_t free_head;  ///< owner only; index + 1, 0 = none
    std::atomic<std::uint32_t>
        fresh;  ///< written by the owner; listed records never used start here
    alignas(128) std::atomic<std::uint32_t> returned;  ///< entries other threads freed; index + 1
    alignas(128) record records[records_per_lane];
};
static_assert(sizeof(lane) == lane_bytes);

struct ticket {
    std::uint32_t lane;
    std::uint32_t record;
};

/// Milliseconds of CLOCK_MONOTONIC, advanced by the ticker while work enters.
extern std::atomic<std::uint32_t> coarse_now;

/// What a thread keeps about itself: the index of its lane in every gate (`no_lane`
/// before its first entry) and its kernel thread id.
struct thread_self {
    std::uint32_t lane;
    std::uint32_t id;
};
[[gnu::tls_model("initial-exec")]] extern thread_local constinit thread_self this_thread;

class gate_core {
public:
    // Bits of the state word; zero means open, and nothing else to do.
    static constexpr std::uint32_t bit_closed = 1;   ///< refuse new work
    static constexpr std::uint32_t bit_fenced = 2;   ///< no membarrier: fence on every step
    static constexpr std::uint32_t bit_parked = 4;   ///< the ticker sleeps: wake it
    static constexpr std::uint32_t bit_empty = 8;    ///< closed, and seen empty
    static constexpr std::uint32_t bit_orphan = 16;  ///< the gate object is gone
    static constexpr std::uint32_t bit_sealed = 32;  ///< closed, and all who entered are visible

    [[nodiscard]] ticket enter(const char* what) noexcept {
        const std::uint32_t mine = this_thread.lane;
        if (mine >= shared_lane) [[unlikely]] {
            return enter_without_lane(what);
        }
        lane& l = lanes[mine];
        const std::uint64_t number = l.entered.load(std::memory_order_relaxed) + 1;
        l.entered.store(number, std::memory_order_release);
        // Orders the store above before the load below for the compiler only; for
        // the processor, the membarrier of close() does.
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if ((state.load(std::memory_order_acquire) & attention) != 0) [[unlikely]] {
            if (!enter_slowly(l)) {
                return {no_lane, no_record};
            }
        }
        return {mine, book(l, static_cast<std::uint32_t>(number), what)};
    }

    void leave(std::uint32_t at, std::uint32_t index) noexcept {
        const std::uint32_t mine = this_thread.lane;
        if (index != no_record) {
            free_record(at, index, mine);
        }
        if (mine >= shared_lane) [[unlikely]] {
            leave_without_lane();
            return;
        }
        lane& l = lanes[mine];
        l.left.store(l.left.load(std::memory_order_relaxed) + 1, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if ((state.load(std::memory_order_acquire) & (bit_closed | bit_fenced)) != 0) [[unlikely]] {
            check_empty();
        }
    }

    void relabel(std::uint32_t at, std::uint32_t index, const char* what) noexcept;
    void close() noexcept;
    [[nodiscard]] std::size_t count() const noexcept;
    [[nodiscard]] bool closed() const noexcept {
        return (state.load(std::memory_order_acquire) & bit_closed) != 0;
    }

    // Read by every enter and leave, written only by close and by the ticker.
    alignas(128) std::atomic<std::uint32_t> state{0};
    lane* lanes = nullptr;

    // Cold: set up by the pool, used by the slow paths.
    alignas(128) std::atomic<std::uint32_t> visitors{0};  ///< threads that may yet signal `event`
    int event = -1;
    std::atomic<const char*> name{""};
    gate_core* next = nullptr;

private:
    static constexpr std::uint32_t attention = bit_closed | bit_fenced | bit_parked;

    // Fills a record and returns its index, or `no_record` when the lane has none.
    std::uint32_t book(lane& l, std::uint32_t number, const char* what) noexcept {
        const std::uint32_t index = number % records_in_turn;
        record& r = l.records[index];
        if (r.name.load(std::memory_order_acquire) != nullptr) [[unlikely]] {
            return book_listed(l, what);
        }
        write(r, what);
        return index;
    }

    static void write(record& r, const char* what) noexcept {
        r.since.store(coarse_now.load(std::memory_order_relaxed), std::memory_order_relaxed);
        r.link.store(this_thread.id, std::memory_order_relaxed);
        r.name.store(what, std::memory_order_release);
    }

    void free_record(std::uint32_t at, std::uint32_t index, std::uint32_t mine) noexcept {
        lane& owner = lanes[at];
        record& r = owner.records[index];
        r.name.store(nullptr, std::memory_order_release);
        if (index >= records_in_turn) [[unlikely]] {
            list_record(owner, index, at == mine);
        }
    }

    ticket enter_without_lane(const char* what) noexcept;
    bool enter_slowly(lane& l) noexcept;
    void leave_without_lane() noexcept;
    void check_empty() noexcept;
    std::uint32_t book_listed(lane& l, const char* what) noexcept;
    static void list_record(lane& owner, std::uint32_t index, bool by_owner) noexcept;
};

}  // namespace lastcall::detail
