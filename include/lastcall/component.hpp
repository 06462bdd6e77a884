// A component is a part of a service that has to end in order: a server, a pool, a
// worker, a file. It is described by a name, what it uses, and up to three actions.
//
//   drain   take no new work, and finish what is inside
//   close   release the resource; runs only when all who use it have ended
//   force   cancel for real, now; must not block
//
// The components and their `uses` edges make a graph. On a stop, first everything
// drains, users before what they use; then everything closes in the same order.
// Parts that do not use each other do so in parallel.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <lastcall/gate.hpp>
#include <lastcall/state.hpp>

namespace lastcall {

namespace detail {
class step_control;
}

/// What a running step may know and say. A cheap handle; may be copied and kept
/// until the step has ended.
///
/// Threads:  any.
class stop_context {
public:
    /// When this step's share of the deadline ends. A step that has not ended then is
    /// forced. Ends early only if somebody forces the stop.
    [[nodiscard]] clock::time_point deadline() const noexcept;

    /// Time left until `deadline()`, never negative.
    [[nodiscard]] std::chrono::milliseconds left() const noexcept;

    /// Why the service stops.
    [[nodiscard]] stop_reason reason() const noexcept;

    /// Fires when this component is forced.
    [[nodiscard]] std::stop_token forced() const noexcept;

    /// Says that work goes on: goes to the timeline, to systemd's STATUS=, and is what
    /// extends systemd's stop timeout. Say it when something has really been done.
    void progress(std::string_view what) const;

    explicit stop_context(std::shared_ptr<detail::step_control> control) noexcept;

private:
    std::shared_ptr<detail::step_control> control_;
};

/// Ends an asynchronous step: call it once, from any thread. A completion that is
/// destroyed without having been called ends its step as failed.
class completion {
public:
    explicit completion(std::shared_ptr<detail::step_control> control) noexcept;
    completion(completion&&) noexcept = default;
    completion& operator=(completion&&) noexcept;
    ~completion();

    /// `error`   null: the step is done; else it failed. Calls after the first, or
    ///           after the process gave the step up, do nothing.
    void operator()(std::exception_ptr error = nullptr) noexcept;

private:
    std::shared_ptr<detail::step_control> control_;
};

/// One action of a component, in one of two forms.
///
/// Blocking:     `void(stop_context)`; runs on a thread of its own and ends by
///               returning or throwing.
/// Asynchronous: `void(stop_context, completion)`; is started on a thread of its own,
///               may return at once, and ends when the completion is called.
class step {
public:
    using blocking = std::function<void(stop_context)>;
    using asynchronous = std::function<void(stop_context, completion)>;

    step() noexcept = default;

    template <class Callable>
    requires(std::is_invocable_v<Callable&, stop_context> ||
             std::is_invocable_v<Callable&, stop_context, completion> ||
             std::is_invocable_v<Callable&>) step(Callable call) {
        if constexpr (std::is_invocable_v<Callable&, stop_context, completion>) {
            action_ = [shared = std::make_shared<Callable>(std::move(call))](stop_context context,
                                                                             completion done) {
                (*shared)(std::move(context), std::move(done));
            };
        } else if constexpr (std::is_invocable_v<Callable&, stop_context>) {
            action_ = blocking(std::move(call));
        } else {
            action_ = blocking([act = std::move(call)](const stop_context&) mutable { act(); });
        }
    }

    [[nodiscard]] explicit operator bool() const noexcept { return action_.index() != 0; }
    [[nodiscard]] bool is_asynchronous() const noexcept { return action_.index() == 2; }
    [[nodiscard]] const auto& action() const noexcept { return action_; }

private:
    std::variant<std::monostate, blocking, asynchronous> action_;
};

/// Which components one uses: names, in any order, also of ones that are added later.
///
/// Default:  everything that was added before it, which gives the reverse order of
///           acquisition. `nothing` makes it independent.
class uses_list {
public:
    uses_list() noexcept = default;
    uses_list(std::initializer_list<std::string> names) : given_(true), names_(names) {}
    explicit uses_list(std::vector<std::string> names) : given_(true), names_(std::move(names)) {}
    static uses_list none() { return uses_list(std::vector<std::string>{}); }

    [[nodiscard]] bool given() const noexcept { return given_; }
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

private:
    bool given_ = false;
    std::vector<std::string> names_;
};

inline const uses_list nothing = uses_list::none();

/// How much of the deadline a step should get.
struct share {
    /// What it cannot do without. Minimums that do not fit are refused at the start.
    std::chrono::milliseconds minimum{0};
    /// Its part of what is left after all minimums, relative to the other steps on
    /// its path. Above 0.
    double weight = 1.0;
};

struct component {
    std::string name;               ///< unique; appears in reports
    uses_list uses = {};            ///< stopped before all that it uses
    std::vector<gate*> gates = {};  ///< closed when it drains; drained means: empty, too
    step drain = {};
    step close = {};
    std::function<void()> force = {};  ///< cancel for real; must not block or throw
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 8.0};
    share close_share = {};
    bool last = false;  ///< everything else uses it: logs, metrics
};

}  // namespace lastcall
