// A line in front of a few equal things, such as connections: first come, first served.
//
// A thing that is put back goes to the thread that has waited longest, and not to
// whoever happens to run. A std::counting_semaphore would let a busy thread overtake
// the others for ever, and cannot be told that the wait is over for another reason.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include <lastcall/gate.hpp>

namespace lastcall::adapters {

/// Lends things that it does not own. Threads: any.
template <class Thing>
class fair_line {
public:
    enum class ending { lent, timed_out, cancelled, closed };
    struct answer {
        Thing* thing = nullptr;  ///< null unless lent
        ending how = ending::timed_out;
    };

    /// Takes one.
    ///
    /// `firm`    not to be sent away by `cancel`.
    /// Blocks:   up to `until`.
    answer take(clock::time_point until, bool firm = false) {
        std::unique_lock lock(mutex_);
        if (closed_) {
            return {nullptr, ending::closed};
        }
        if (cancelled_ && !firm) {
            return {nullptr, ending::cancelled};
        }
        if (!idle_.empty()) {
            // The one used last has the warmest caches.
            Thing* const thing = idle_.back();
            idle_.pop_back();
            return {thing, ending::lent};
        }
        waiter self{.firm = firm};
        waiting_.push_back(&self);
        self.turn.wait_until(lock, until, [&] { return self.answered; });
        if (!self.answered) {
            std::erase(waiting_, &self);
        }
        return self.got;
    }

    /// Adds one, or gives one back.
    /// Returns: false when the line is closed; the thing is the caller's then.
    bool put(Thing& thing) {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            return false;
        }
        if (waiting_.empty()) {
            idle_.push_back(&thing);
        } else {
            waiter* const first = waiting_.front();
            waiting_.pop_front();
            tell(*first, {&thing, ending::lent});
        }
        return true;
    }

    /// Sends away everybody who waits and is not firm, now and from now on.
    void cancel() {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        send_away(ending::cancelled, [](const waiter& one) { return !one.firm; });
    }

    /// Lends nothing from now on.
    /// Returns: the things that nobody has.
    std::vector<Thing*> close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        send_away(ending::closed, [](const waiter&) { return true; });
        return std::exchange(idle_, {});
    }

    [[nodiscard]] std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

private:
    struct waiter {
        bool firm = false;
        bool answered = false;
        answer got = {};
        std::condition_variable turn = {};
    };

    template <class Which>
    void send_away(ending how, Which which) {
        std::erase_if(waiting_, [&](waiter* one) {
            if (which(*one)) {
                tell(*one, {nullptr, how});
                return true;
            }
            return false;
        });
    }

    // The waiter may be gone as soon as the lock is, so it is notified under it.
    static void tell(waiter& one, answer given) {
        one.got = given;
        one.answered = true;
        one.turn.notify_one();
    }

    mutable std::mutex mutex_;
    std::vector<Thing*> idle_;  ///< empty while anybody waits
    std::deque<waiter*> waiting_;
    bool cancelled_ = false;
    bool closed_ = false;
};

}  // namespace lastcall::adapters
