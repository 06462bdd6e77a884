// The thread that carries out a stop: it feeds the state machine with what happens and
// does what it says. Steps and every other piece of application code run on threads of
// their own, so that nothing the application does can hold it up.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "core/stop_machine.hpp"
#include "runtime/engine_setup.hpp"
#include "runtime/health.hpp"
#include "runtime/report_maker.hpp"
#include "runtime/running_steps.hpp"
#include "runtime/stop_log.hpp"
#include "runtime/systemd_voice.hpp"
#include "runtime/watchdog.hpp"
#include "sys/epoll.hpp"

namespace lastcall::runtime {

class engine {
public:
    /// Starts the thread. Errors: std::system_error.
    engine(engine_setup setup, health::impl& health, step_board& board, watchdog& bounds);
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine();

    /// The graph is complete, and the service serves. Threads: the owner of the lifecycle.
    void set_ready();

    /// The components are final: from now on a stop may begin. Components and plan must
    /// outlive the engine.
    void begin_running(const std::vector<component>& components, const core::plan& plan);

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
    [[nodiscard]] const core::grace& grace() const noexcept { return setup_.grace; }
    [[nodiscard]] const core::stop_settings& settings() const noexcept { return setup_.stop; }

private:
    void wake() const noexcept;

    // Each of the engine's own thread.
    void run() noexcept;
    void turn();
    [[nodiscard]] std::optional<clock::time_point> next_wake() const;
    void take_requests();
    void begin_stop(const core::grace& grace);
    void take_news();
    void note(const running_steps::note& what);
    void end(const running_steps::ended& step);
    void carry_out(const std::vector<core::action>& actions);
    void enter(state next);
    void start(const core::action& what);
    void write_interim_report();
    void finish();
    [[nodiscard]] stop_so_far so_far();
    [[nodiscard]] const std::string& name_of(std::size_t part) const {
        return (*components_)[part].name;
    }
    [[nodiscard]] clock::time_point last_arrival() const noexcept {
        return clock::time_point(clock::duration(last_arrival_.load(std::memory_order_relaxed)));
    }

    const engine_setup setup_;
    health::impl& health_;
    watchdog& watchdog_;
    std::stop_source stopping_;
    std::stop_source forcing_;
    std::atomic<std::int64_t> last_arrival_{0};

    // What other threads set, down to the next empty line. Components and plan do not change
    // once they are seen.
    std::mutex mutex_;
    std::condition_variable ended_;
    bool was_ready_ = false;
    const std::vector<component>* components_ = nullptr;
    const core::plan* plan_ = nullptr;          ///< set: the stop may begin
    std::optional<clock::time_point> stop_at_;  ///< of the first request
    std::vector<stop_request> requests_;
    std::size_t interrupts_ = 0;
    bool leave_ = false;
    std::optional<report> final_report_;

    sys::unique_fd changed_;
    sys::epoll epoll_;
    stop_log log_;
    systemd_voice systemd_;
    running_steps steps_;
    report_maker reports_;
    std::optional<core::stop_machine> machine_;
    std::size_t requests_seen_ = 0;
    bool hurried_ = false;
    bool interim_written_ = false;
    std::thread thread_;
};

}  // namespace lastcall::runtime
