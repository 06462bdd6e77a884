#include "drill/load/event_loop.hpp"

#include <algorithm>

#include "sys/event_fd.hpp"

namespace lastcall::drill {

event_loop::event_loop() : wake_(sys::make_event()) {
    sockets_.add(wake_.get(), *this, true, false);
}

event_loop::~event_loop() { sockets_.remove(wake_.get(), *this); }

void event_loop::post(std::function<void()> call) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(call));
    }
    sys::signal_event(wake_.get());
}

bool event_loop::run(moment until, const std::function<bool()>& finished) {
    for (;;) {
        const auto now = clock::now();
        timers_.fire(now);
        if (finished()) {  // asked after the timers as well: they may be all that happens
            return true;
        }
        if (now >= until) {
            return false;
        }
        const auto next = timers_.next(until);
        sockets_.wait(next);
        if (next != moment::max()) {
            stall_ = std::max<std::chrono::nanoseconds>(stall_, clock::now() - std::max(next, now));
        }
        if (is_woken_) {
            is_woken_ = false;
            run_posted();
        }
    }
}

void event_loop::on_io(bool, bool, bool) {
    sys::clear_event(wake_.get());
    is_woken_ = true;
}

void event_loop::run_posted() {
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard lock(mutex_);
        calls.swap(posted_);
    }
    for (const auto& call : calls) {
        call();
    }
}

}  // namespace lastcall::drill
