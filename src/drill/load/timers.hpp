// Timers of one event loop: a binary heap in which each timer knows its own place, so that
// setting and cancelling allocate nothing and cost O(log n).
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "drill/record/exchange.hpp"

namespace lastcall::drill {

class timer_queue;

/// Calls a function once at a time. Cancelled by its destructor; not movable, because the
/// queue points to it.
class timer {
public:
    timer(timer_queue& queue, std::function<void()> call) : queue_(queue), call_(std::move(call)) {}
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;
    ~timer() { cancel(); }

    /// Sets it, or moves it. A time that has passed fires at the next turn.
    void set(moment when);
    void cancel() noexcept;
    [[nodiscard]] bool is_set() const noexcept { return place_ != nowhere; }
    /// What it was set to last.
    [[nodiscard]] moment when() const noexcept { return when_; }

private:
    friend class timer_queue;
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    timer_queue& queue_;
    std::function<void()> call_;
    moment when_{};
    std::size_t place_ = nowhere;
};

class timer_queue {
public:
    /// When the earliest fires; `limit` when that is later or there is none.
    [[nodiscard]] moment next(moment limit) const noexcept;

    /// Calls all that are due at `now`. A call may set and cancel any timer.
    void fire(moment now);

private:
    friend class timer;
    void put(timer* one, std::size_t place) noexcept;
    void sift(std::size_t place) noexcept;
    void erase(timer& one) noexcept;

    std::vector<timer*> heap_;
};

}  // namespace lastcall::drill
