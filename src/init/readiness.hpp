// Whether the service is ready: by its own word (notify), an open port, an answer to GET,
// or a file. Driven by the main loop's epoll and clock; nothing here waits, and after the
// answer there is nothing left to wake up for.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/fixed_text.hpp"
#include "core/probe_target.hpp"
#include "init/options.hpp"
#include "sys/socket/probe.hpp"

namespace lastcall::init {

/// Whether a target from the command line makes sense. Else `why` says what is wrong.
bool check_readiness_target(const readiness& what, core::text_sink& why) noexcept;

class readiness_check {
public:
    using time = std::chrono::nanoseconds;  ///< since any fixed moment

    static constexpr std::chrono::milliseconds first_interval{20};  ///< between two tries
    static constexpr std::chrono::milliseconds longest_interval{500};
    static constexpr std::chrono::seconds per_try{1};
    static constexpr std::size_t longest_answer = 64 * 1024;  ///< more is not read

    enum class state : std::uint8_t {
        idle,     ///< not begun, or called off
        pending,  ///< not ready yet
        ready,
        failed,  ///< not ready in the time it had
    };

    /// The main program runs. `what` must outlive this.
    /// Returns: false when it cannot be tried at all; then `why` says why not.
    bool begin(const readiness& what, time now, core::text_sink& why) noexcept;

    /// To be watched for reading from `begin` on, the same throughout; -1: nothing to watch.
    [[nodiscard]] int fd() const noexcept { return probe_.fd(); }
    /// When `on_time` must be called; unset: not again.
    [[nodiscard]] std::optional<time> next_wake() const noexcept;

    state on_ready_fd(time now) noexcept;
    state on_time(time now) noexcept;
    /// The service has said READY=1; counts for `notify` only.
    state on_notified() noexcept;
    /// A stop has begun, or the main program is gone: nobody wants to know any more.
    void call_off() noexcept { settle(state::idle); }

    [[nodiscard]] state now() const noexcept { return state_; }
    /// What the last try has met: "connection refused", "answered 503".
    [[nodiscard]] std::string_view last() const noexcept { return last_.view(); }

private:
    enum class stage : std::uint8_t { waiting, connecting, sending, reading };

    void try_now(time now) noexcept;
    void try_over(std::string_view found, time now) noexcept;
    void connected(time now) noexcept;
    void send_more(time now) noexcept;
    void read_more(time now) noexcept;
    void read_status(time now) noexcept;
    void drain_answer() noexcept;
    void settle(state end) noexcept;

    const readiness* what_ = nullptr;
    core::probe_target target_;
    sys::probe_address address_;
    sys::probe_socket probe_;
    state state_ = state::idle;
    stage stage_ = stage::waiting;
    std::optional<time> give_up_at_;
    std::optional<time> wake_at_;  ///< the next try, or the end of this one
    std::chrono::milliseconds interval_ = first_interval;
    std::size_t sent_ = 0;
    std::size_t head_size_ = 0;
    std::array<char, 13> head_{};  ///< "HTTP/1.1 200 "
    core::fixed_text<1024> request_;
    core::fixed_text<64> last_;
};

}  // namespace lastcall::init
