#include "runtime/coarse_clock.hpp"

#include <thread>

#include "runtime/gate_pool.hpp"
#include "sys/barrier.hpp"
#include "sys/clock.hpp"
#include "sys/futex.hpp"
#include "sys/signal/signals.hpp"

namespace lastcall::detail {

std::atomic<std::uint32_t> coarse_now{0};

}  // namespace lastcall::detail

namespace lastcall::runtime {
namespace {

using namespace std::chrono_literals;

constexpr auto tick = 50ms;
constexpr int idle_ticks = 20;

// 1 while the ticker runs or has been woken, 0 while it sleeps.
std::atomic<std::uint32_t> awake{0};
std::atomic<bool> started{false};

void run_ticker() {
    std::uint64_t before = entered_everywhere();
    int idle = 0;
    for (;;) {
        std::this_thread::sleep_for(tick);
        read_coarse_clock();
        const std::uint64_t now = entered_everywhere();
        idle = now == before ? idle + 1 : 0;
        before = now;
        if (idle < idle_ticks) {
            continue;
        }
        idle = 0;
        awake.store(0, std::memory_order_seq_cst);
        park_all_gates();
        // An entry that did not see the bit has been counted before the barrier ended.
        sys::barrier_all_threads();
        if (entered_everywhere() == before) {
            sys::wait_on(awake, 0);
        }
        awake.store(1, std::memory_order_seq_cst);
        unpark_all_gates();
        read_coarse_clock();
    }
}

}  // namespace

void start_coarse_clock() {
    read_coarse_clock();
    if (started.exchange(true)) {
        return;
    }
    // The ticker must never be the thread that a signal is delivered to.
    const sys::all_signals_blocked blocked;
    awake.store(1, std::memory_order_seq_cst);
    try {
        std::thread(run_ticker).detach();
    } catch (...) {
        started.store(false);
        throw;
    }
}

void wake_coarse_clock() noexcept {
    read_coarse_clock();
    if (awake.exchange(1, std::memory_order_seq_cst) == 0) {
        sys::wake_all(awake);
    }
}

void read_coarse_clock() noexcept {
    detail::coarse_now.store(sys::coarse_milliseconds(), std::memory_order_relaxed);
}

void forget_coarse_clock() noexcept {
    started.store(false);
    awake.store(0);
}

}  // namespace lastcall::runtime
