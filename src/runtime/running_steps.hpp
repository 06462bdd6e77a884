// The steps of a stop: each is started on a thread of its own, waits for the gates of its
// component, may be forced, and ends. The engine asks for what has ended.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include <lastcall/component.hpp>

#include "core/plan.hpp"
#include "runtime/step_board.hpp"
#include "runtime/step_threads.hpp"
#include "sys/epoll.hpp"

namespace lastcall::runtime {

/// Threads: the engine's; the steps hand in what they say and their ends from any.
class running_steps {
public:
    /// A step that is over: its action has ended, and the gates it waited for are empty.
    struct ended {
        std::size_t part;
        core::step_kind kind;
        bool failed;
        clock::duration took;
    };

    /// What a step said of its progress, or application code that threw.
    struct note {
        std::string component;  ///< empty: not the progress of a step
        std::string text;
    };

    struct news {
        std::vector<note> notes;  ///< a step's come no later than its end
        std::vector<ended> over;
    };

    /// `events`  gets the gates that are waited for, each under the number of its part.
    /// `wake`    an event that is set when there is something to take. Both outlive this.
    running_steps(step_board& board, sys::epoll& events, int wake)
        : board_(board), events_(events), wake_(wake) {}

    /// The stop begins. `components` outlive this.
    void begin(const std::vector<component>& components, stop_reason reason);

    /// Closes the gates of a component: the first half of its drain.
    /// Returns: how many are inside them.
    std::size_t close_gates(std::size_t part);

    /// Starts a step; a drain, after `close_gates`.
    void start(std::size_t part, core::step_kind kind, clock::time_point limit);

    /// Cancels what the component is doing. Returns at once.
    void force(std::size_t part);

    /// Runs application code on a thread of its own; if none can be had, on this one.
    void run_aside(const std::string& name, std::function<void()> work);

    /// What happened since the last call.
    news take_news();

    /// What the action of a step threw; empty if nothing.
    [[nodiscard]] const std::string& error_of(std::size_t part, core::step_kind kind) const;

    /// What had to run without a thread of its own, for the report.
    [[nodiscard]] const std::vector<std::string>& degraded() const noexcept { return degraded_; }

    /// Waits for all threads to end. Only when every step has ended.
    void finish() { threads_.finish(); }

private:
    struct part_state {
        std::stop_source forced;
        bool drain_running = false;      ///< started and not yet over
        bool action_ended = false;       ///< the drain's own action has, or there is none
        std::vector<gate*> waiting_for;  ///< of the component's gates, those not empty yet
    };
    struct action_end {
        std::size_t part;
        core::step_kind kind;
        std::string error;  ///< empty: it did what it had to
    };

    void run_action(std::size_t part, core::step_kind kind, clock::time_point limit);
    void note_action_end(const action_end& end, std::vector<ended>& over);
    void drop_empty_gates(part_state& part);
    ended end_of(std::size_t part, core::step_kind kind);
    void hand_in(note what);
    void hand_in(action_end what);

    step_board& board_;
    sys::epoll& events_;
    int wake_;

    const std::vector<component>* components_ = nullptr;
    stop_reason reason_ = stop_reason::none;
    std::vector<part_state> parts_;
    std::map<std::pair<std::size_t, core::step_kind>, std::string> errors_;
    std::vector<std::string> degraded_;

    std::mutex mutex_;  // guards what the steps hand in
    std::vector<action_end> action_ends_;
    std::vector<note> notes_;

    step_threads threads_;
};

}  // namespace lastcall::runtime
