// Whether and when a service that has ended by itself is started again. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace lastcall::core {

enum class restart_when : std::uint8_t { always, on_failure, never };

struct restart_terms {
    restart_when when = restart_when::always;
    std::chrono::nanoseconds first{std::chrono::milliseconds(100)};  ///< before the first restart
    std::chrono::nanoseconds most{std::chrono::seconds(30)};         ///< it doubles up to here
    /// So long without an end: it counts as healthy, and the wait begins anew.
    std::chrono::nanoseconds steady{std::chrono::seconds(10)};
    /// So many ends within `loop_within`: it is left stopped, as a crash loop. 0: never.
    unsigned loop_ends = 10;
    std::chrono::nanoseconds loop_within{std::chrono::minutes(2)};
    bool operator==(const restart_terms&) const = default;
};

class restart_policy {
public:
    using time = std::chrono::nanoseconds;
    enum class answer : std::uint8_t { restart, leave, crash_loop };
    struct decision {
        answer what = answer::leave;
        time wait{0};  ///< before the restart
    };

    explicit restart_policy(const restart_terms& terms) noexcept : terms_(terms) {}

    /// It has ended at `now`, `ran` after its start. `failed`: by a signal, or not with 0.
    /// An end that is left alone is not counted. From a crash loop only `forgive` leads out: ends
    /// that come all the same are answered by `crash_loop` while `loop_within` lasts.
    decision ended(time now, time ran, bool failed);
    /// A person started it: what was counted is forgotten, `restarts` included.
    void forgive() noexcept;
    [[nodiscard]] unsigned restarts() const noexcept { return restarts_; }

private:
    restart_terms terms_;
    std::deque<time> ends_;
    time next_wait_{0};
    unsigned restarts_ = 0;
};

}  // namespace lastcall::core
