#include "runtime/lane_registry.hpp"

#include <array>
#include <bit>

#include "sys/process/thread.hpp"

namespace lastcall::detail {

[[gnu::tls_model("initial-exec")]] thread_local constinit thread_self this_thread{no_lane, 0};

}  // namespace lastcall::detail

namespace lastcall::runtime {
namespace {

using detail::this_thread;

constexpr std::uint32_t words = detail::lane_count / 64;
std::array<std::atomic<std::uint64_t>, words> taken{};
std::atomic<std::uint32_t> high_water{0};

// Runs when a thread that has a lane ends. Later destructors of the same thread may
// still leave a gate; they then claim a lane anew, and pthread runs this again.
void release_lane(void* value) {
    const std::uint32_t lane = sys::thread_exit_hook::number(value);
    this_thread.lane = detail::no_lane;
    taken[lane / 64].fetch_and(~(std::uint64_t{1} << (lane % 64)), std::memory_order_release);
}

const sys::thread_exit_hook at_thread_exit(release_lane);

std::uint32_t take_free_index() noexcept {
    for (std::uint32_t w = 0; w < words; ++w) {
        std::uint64_t bits = taken[w].load(std::memory_order_relaxed);
        while (~bits != 0) {
            const auto bit = static_cast<std::uint32_t>(std::countr_one(bits));
            const std::uint32_t index = w * 64 + bit;
            if (index >= detail::shared_lane) {
                return detail::shared_lane;
            }
            if (taken[w].compare_exchange_weak(bits, bits | (std::uint64_t{1} << bit),
                                               std::memory_order_acquire,
                                               std::memory_order_relaxed)) {
                return index;
            }
        }
    }
    return detail::shared_lane;
}

void raise_high_water(std::uint32_t to) noexcept {
    std::uint32_t seen = high_water.load(std::memory_order_relaxed);
    while (seen < to && !high_water.compare_exchange_weak(seen, to, std::memory_order_seq_cst)) {
    }
}

}  // namespace

std::uint32_t this_thread_id() noexcept {
    if (this_thread.id == 0) {
        this_thread.id = static_cast<std::uint32_t>(sys::current_thread_id());
    }
    return this_thread.id;
}

std::uint32_t claim_lane() noexcept {
    this_thread_id();
    // A thread that found no lane asks again next time: others may have ended.
    const std::uint32_t index = take_free_index();
    if (index == detail::shared_lane) {
        return detail::shared_lane;
    }
    if (!at_thread_exit.arm(index)) {
        taken[index / 64].fetch_and(~(std::uint64_t{1} << (index % 64)), std::memory_order_release);
        return detail::shared_lane;
    }
    raise_high_water(index + 1);
    this_thread.lane = index;
    return index;
}

std::uint32_t lanes_in_use() noexcept { return high_water.load(std::memory_order_seq_cst); }

void adopt_forked_thread() noexcept {
    this_thread.id = static_cast<std::uint32_t>(sys::current_thread_id());
}

}  // namespace lastcall::runtime
