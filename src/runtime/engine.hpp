// The thread that carries out a stop: it feeds the state machine with what happens and
// does what it says. Steps and every other piece of application code run on threads of
// their own, so that nothing the application does can hold it up.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <lastcall/lifecycle.hpp>

#include "core/grace.hpp"
#include "core/stop_machine.hpp"
#include "runtime/health.hpp"
#include "runtime/step_board.hpp"
#include "runtime/step_control.hpp"
#include "runtime/step_threads.hpp"
#include "runtime/watchdog.hpp"
#include "sys/epoll.hpp"
#include "sys/notify.hpp"

namespace lastcall::runtime {

/// What the engine is told at the start, and shares with the lifecycle.
struct engine_setup {
    lifecycle_options options;
    core::grace grace;
    core::duration force_window{0};
    lame_duck duck;
    std::vector<std::string> degraded;
};

class engine {
public:
    using clock = std::chrono::steady_clock;

    /// Starts the thread. Errors: std::system_error.
    engine(engine_setup setup, health::impl& health, step_board& board, watchdog& bounds);
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine();

    /// The graph is complete, and the service serves. Threads: the owner of the lifecycle.
    void set_ready();

    /// The components are final: from now on a stop may begin. Components and plan must
    /// outlive the engine.
    void begin_running(std::vector<component>& components, const core::plan& plan);

    /// A request arrived, the first or a later one. Never blocks for long, never throws.
    void request(stop_request what) noexcept;

    /// Waits until the stop has ended. Returns the report.
    report wait();

    void note_arrival() noexcept {
        last_arrival_.store(clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    }

    /// Ends the engine's thread. Only after `wait`, or when `run` was never called.
    void join() noexcept;

    [[nodiscard]] std::stop_token stopping() const noexcept { return stopping_.get_token(); }
    [[nodiscard]] std::stop_token forcing() const noexcept { return forcing_.get_token(); }
    [[nodiscard]] core::duration force_window() const noexcept { return setup_.force_window; }
    [[nodiscard]] const core::grace& grace() const noexcept { return setup_.grace; }
    [[nodiscard]] const lame_duck& duck() const noexcept { return setup_.duck; }

private:
    struct running_part {
        std::stop_source forced;
        bool drain_running = false;  ///< started and not yet reported as ended
        bool action_ended = false;   ///< the drain's own action has ended, or there is none
        std::vector<gate*> waiting_for;
        std::string error;  ///< of the drain's action
    };
    struct step_end {
        std::size_t part;
        core::step_kind kind;
        std::string error;
        bool failed;
    };

    void run() noexcept;
    void turn();
    [[nodiscard]] std::optional<clock::time_point> next_wake() const;
    void take_requests();
    void take_step_ends();
    void take_notes();
    void look_at_gates();
    void finish_drain_if_over(std::size_t part);
    void end_step(std::size_t part, core::step_kind kind, bool failed);
    void begin_stop(const core::grace& grace);
    void carry_out(const std::vector<core::action>& actions);
    void enter(state next);
    void start(const core::action& what);
    void run_step(std::size_t part, core::step_kind kind, clock::time_point limit);
    void force(std::size_t part);
    void run_aside(const std::string& name, std::function<void()> work);
    void beat(clock::time_point now);
    void tell_systemd(clock::time_point now);
    void write_interim_report();
    void finish();
    report make_report() const;
    void log(const std::string& line);
    [[nodiscard]] std::string stamp() const;
    [[nodiscard]] clock::time_point last_arrival() const noexcept;

    engine_setup setup_;
    health::impl& health_;
    step_board& board_;
    watchdog& watchdog_;
    sys::notify_socket systemd_;
    std::optional<std::chrono::microseconds> systemd_watchdog_;

    std::stop_source stopping_;
    std::stop_source forcing_;
    std::atomic<std::int64_t> last_arrival_{0};

    // What other threads hand in.
    std::mutex mutex_;
    std::condition_variable ended_;
    bool is_running_ = false;
    bool is_ended_ = false;
    bool leave_ = false;
    std::optional<clock::time_point> stop_at_;  ///< of the first request
    std::vector<stop_request> requests_;
    std::vector<step_end> step_ends_;
    std::vector<std::string> notes_;
    report final_report_;

    // Of the engine's own thread.
    std::size_t requests_seen_ = 0;
    bool was_ready_ = false;
    std::vector<component>* components_ = nullptr;
    const core::plan* plan_ = nullptr;
    std::optional<core::stop_machine> machine_;
    std::vector<running_part> parts_;
    std::map<std::pair<std::size_t, core::step_kind>, std::string> errors_;
    std::vector<state_report> states_;
    step_threads threads_;
    bool progressed_ = false;
    std::size_t inside_before_ = 0;
    bool interim_written_ = false;
    clock::time_point next_systemd_{};
    clock::time_point next_watchdog_{};

    sys::unique_fd changed_;
    sys::epoll epoll_;
    std::thread thread_;
};

}  // namespace lastcall::runtime
