// A sequence as a machine: it is told what happened, with the time, and answers what is to
// be done now. It has no clock and does nothing itself, so that an hour of a platform's
// patience is tested in no time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/sequence/sequence.hpp"

namespace lastcall::drill {

struct happening {
    enum class kind : std::uint8_t {
        begun,
        time_passed,    ///< deadline() was reached
        struck,         ///< the strike was carried out; `now` is when
        command_ended,  ///< `status` is its exit status, or 128 + the signal
        successor,      ///< `status` 0: it is ready
        main_ended,     ///< the main process
        all_ended,      ///< every process of the subject
        extended,       ///< EXTEND_TIMEOUT_USEC: `extend`
    };
    kind what = kind::begun;
    std::chrono::nanoseconds now{};  ///< on any clock that does not jump
    int status = 0;
    std::chrono::nanoseconds extend{};
};

struct sending {
    enum class whom : std::uint8_t { main, everybody };
    whom to = whom::main;
    int number = 0;
    friend bool operator==(const sending&, const sending&) = default;
};

struct action {
    enum class kind : std::uint8_t {
        withdraw_routes,
        strike,       ///< between two events of the load: `signals`, and the begin of `command`
        send,         ///< `signals`
        run,          ///< `command` is begun; its end is told
        fetch,        ///< a GET of `url`; its end is told as that of a command
        begin_pause,  ///< preStop sleep: only its mark
        end_pause,
        abandon,  ///< the command that runs is not waited for any more
        start_successor,
        say,  ///< only the note
        end,  ///< the sequence is over
    };
    kind what = kind::end;
    std::vector<sending> signals{};
    std::vector<std::string> command{};
    std::string url{};
    std::string role{};        ///< of a command, for notes: "preStop", "ExecStop"
    bool withdraws = false;    ///< strike: in the same turn as the routes are withdrawn
    std::optional<mark> at{};  ///< the mark that it sets
    std::string note{};
};

class stop_machine {
public:
    virtual ~stop_machine() = default;
    explicit stop_machine(const sequence_plan& plan) : plan_(plan) {}
    stop_machine(const stop_machine&) = delete;
    stop_machine& operator=(const stop_machine&) = delete;

    /// Returns: what is to be done, in this order. Nothing once it is over.
    [[nodiscard]] std::vector<action> tell(const happening& what);

    /// When `time_passed` is to be told; unset: it waits for something else.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> deadline() const;

    [[nodiscard]] bool is_over() const noexcept { return is_over_; }

protected:
    using ns = std::chrono::nanoseconds;
    enum class timer : std::uint8_t { routes, pause, grace, second, settle, patience };

    virtual void on(const happening& what) = 0;
    /// A timer of its own is due. That of the routes and of the second signal never come here.
    virtual void on_timer(timer which, ns now) = 0;
    /// Who gets the second signal.
    [[nodiscard]] virtual sending::whom second_to() const { return sending::whom::main; }

    /// A limit of nanoseconds::max() is none.
    void set(timer which, ns now, ns after);
    void clear(timer which);
    [[nodiscard]] std::optional<ns> time_of(timer which) const;

    /// The routes are withdrawn later, where the plan says so.
    /// Returns: whether they are withdrawn with the strike.
    bool plan_routes(ns now);
    /// After the strike.
    void plan_second_signal(ns now);

    /// The grace is over: SIGKILL, and when that does not end it either, the end without it.
    void run_out_of_grace(sending::whom to, ns now);

    void act(action what) { out_.push_back(std::move(what)); }
    void end(std::string note = {});

    const sequence_plan plan_;
    bool is_killed_ = false;  ///< SIGKILL was sent

private:
    std::vector<std::pair<timer, ns>> timers_;
    std::vector<action> out_;
    bool is_over_ = false;
};

/// How long after SIGKILL a process may still be there: it is dumping core, or sleeps in the
/// kernel. Later the sequence ends without its end.
inline constexpr std::chrono::nanoseconds patience_after_kill = std::chrono::seconds(10);

/// `own_stop`  of the subject: its platform's command that performs the stop; empty: none
[[nodiscard]] std::unique_ptr<stop_machine> make_stop_machine(
    const sequence_plan& plan, const std::vector<std::string>& own_stop = {});

// One for each kind, for their tests.
[[nodiscard]] std::unique_ptr<stop_machine> make_signal_machine(const sequence_plan& plan);
[[nodiscard]] std::unique_ptr<stop_machine> make_kubernetes_machine(const sequence_plan& plan);
[[nodiscard]] std::unique_ptr<stop_machine> make_systemd_machine(const sequence_plan& plan);
[[nodiscard]] std::unique_ptr<stop_machine> make_event_machine(const sequence_plan& plan);
[[nodiscard]] std::unique_ptr<stop_machine> make_external_machine(
    const sequence_plan& plan, const std::vector<std::string>& command);

}  // namespace lastcall::drill
