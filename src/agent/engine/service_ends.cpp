// What becomes of a service whose current generation has ended, or fails its liveness check.
#include <boost/asio/post.hpp>

#include "agent/engine/service.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

void service::current_ended(const generation& one, bool failed) {
    life_.reset();
    if (!is_wanted_ || host_.is_stopping) {
        return;
    }
    const auto now = boot_now();
    const auto answer = policy_.ended(now, now - one.started, failed);
    switch (answer.what) {
        case core::restart_policy::answer::restart:
            row("restart_planned", one.number,
                {{"wait_ms", answer.wait / 1ms}, {"reason", reason_}});
            return restart_after(answer.wait);
        case core::restart_policy::answer::crash_loop:
            has_failed_ = true;
            row("crash_loop", one.number,
                {{"ends", spec_.restart.loop_ends},
                 {"within_ms", spec_.restart.loop_within / 1ms},
                 {"reason", reason_}});
            return;
        case core::restart_policy::answer::leave:
            has_failed_ = failed;
            is_wanted_ = false;
            write_wish({});
            return;
    }
}

void service::restart_after(std::chrono::nanoseconds wait) {
    waits_restart_ = true;
    restart_timer_.expires_after(wait);
    restart_timer_.async_wait(while_alive(alive_, [this](boost::system::error_code cancelled) {
        if (cancelled || !std::exchange(waits_restart_, false) || replacement_ || !is_wanted_) {
            return;
        }
        ++restarts_;
        try {
            begin(replacement_kind::crash, spec_, {}, reason_);
        } catch (const std::exception& e) {
            reason_ = e.what();
            has_failed_ = true;
            host_.changed();
        }
    }));
}

/// The liveness check of the current generation; one that fails is replaced, not just killed.
void service::watch_life() {
    life_.reset();
    const auto* now = find(current_);
    if (!spec_.live || now == nullptr || !now->lives) {
        return;
    }
    probe::events on;
    on.passed = [] {};
    on.failed = [this](const std::string& why) {
        boost::asio::post(host_.loop, while_alive(alive_, [this, why] {
                              row("probe_changed", current_,
                                  {{"probe", "live"}, {"is_good", false}, {"detail", why}});
                              if (replacement_ || !is_wanted_) {
                                  return;
                              }
                              reason_ = "its liveness check failed: " + why;
                              ++restarts_;
                              try {
                                  begin(replacement_kind::unhealthy, spec_, {}, reason_);
                              } catch (const std::exception& e) {
                                  reason_ += std::string("; it cannot be replaced: ") + e.what();
                              }
                          }));
    };
    life_ =
        std::make_unique<probe>(host_.loop, host_.aside, *spec_.live, ways_to(0), std::move(on));
}

}  // namespace lastcall::agent
