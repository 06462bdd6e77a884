#include "runtime/step_control.hpp"

#include <algorithm>
#include <stdexcept>

namespace lastcall {

using std::chrono::milliseconds;

stop_context::stop_context(std::shared_ptr<detail::step_control> control) noexcept
    : control_(std::move(control)) {}

clock::time_point stop_context::deadline() const noexcept { return control_->deadline(); }

milliseconds stop_context::left() const noexcept {
    const auto left = std::chrono::floor<milliseconds>(deadline() - clock::now());
    return std::max(left, milliseconds::zero());
}

stop_reason stop_context::reason() const noexcept { return control_->reason(); }

std::stop_token stop_context::forced() const noexcept { return control_->forced(); }

void stop_context::progress(std::string_view what) const { control_->progress(what); }

completion::completion(std::shared_ptr<detail::step_control> control) noexcept
    : control_(std::move(control)) {}

completion& completion::operator=(completion&& other) noexcept {
    std::swap(control_, other.control_);
    return *this;
}

completion::~completion() {
    if (control_ != nullptr) {
        control_->end(std::make_exception_ptr(
            std::logic_error("the step dropped its completion without calling it")));
    }
}

void completion::operator()(std::exception_ptr error) noexcept {
    if (const auto control = std::move(control_)) {
        control->end(std::move(error));
    }
}

}  // namespace lastcall
