// What a running step shares with the engine, behind stop_context and completion.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <stop_token>
#include <string_view>

#include <lastcall/component.hpp>

#include "core/plan.hpp"

namespace lastcall::detail {

class step_control {
public:
    using ended_fn = std::function<void(std::exception_ptr error)>;
    using progress_fn = std::function<void(std::string_view what)>;

    step_control(clock::time_point deadline, stop_reason reason, std::stop_token forced,
                 ended_fn ended, progress_fn progress)
        : deadline_(deadline),
          reason_(reason),
          forced_(std::move(forced)),
          ended_(std::move(ended)),
          progress_(std::move(progress)) {}

    [[nodiscard]] clock::time_point deadline() const noexcept { return deadline_; }
    [[nodiscard]] stop_reason reason() const noexcept { return reason_; }
    [[nodiscard]] std::stop_token forced() const noexcept { return forced_; }
    void progress(std::string_view what) const { progress_(what); }

    /// Ends the step; the calls after the first do nothing.
    void end(std::exception_ptr error) noexcept {
        if (!done_.exchange(true)) {
            ended_(std::move(error));
        }
    }

private:
    clock::time_point deadline_;
    stop_reason reason_;
    std::stop_token forced_;
    ended_fn ended_;
    progress_fn progress_;
    std::atomic<bool> done_{false};
};

}  // namespace lastcall::detail
