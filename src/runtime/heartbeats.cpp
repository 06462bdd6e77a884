#include "runtime/heartbeats.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>

#include "core/plan.hpp"
#include "sys/process/stacks.hpp"
#include "sys/process/thread.hpp"

namespace lastcall::runtime {

using std::chrono::milliseconds;

std::string describe(const blocked_loop& loop) {
    std::string text = "event loop \"" + loop.name + "\" has not answered for " +
                       to_text(loop.silent) + "; it is blocked";
    if (loop.thread == 0) {
        return text;
    }
    std::array<char, 600> line{};
    sys::describe_thread(loop.thread, line);
    text += " in thread " + std::to_string(loop.thread) + " (" + line.data() + ")";
    std::array<void*, 24> frames{};
    const std::size_t n = sys::capture_stack(loop.thread, frames, milliseconds(50));
    for (std::size_t i = 0; i < n; ++i) {
        sys::describe_address(frames[i], line);
        text += "\n    #" + std::to_string(i) + " " + line.data();
    }
    return text;
}

struct heartbeats::loop {
    std::string name;
    milliseconds limit;
    health::poster post;
    std::mutex posting;   ///< held while `post` is called; unwatch waits for it
    bool watched = true;  ///< guarded by `posting`
    time_point next_ask{};
    time_point asked{};
    bool reported = false;
    std::atomic<bool> waiting{false};
    std::atomic<int> thread{0};

    [[nodiscard]] bool blocked(time_point now) const {
        return waiting.load() && now - asked > limit;
    }
};

void heartbeats::watch(std::string name, milliseconds limit, health::poster post) {
    if (limit < milliseconds(10)) {
        throw std::invalid_argument("loop \"" + name + "\": a limit of " + to_text(limit) +
                                    " is below 10ms");
    }
    const std::lock_guard lock(mutex_);
    auto added = std::make_shared<loop>();
    added->name = std::move(name);
    added->limit = limit;
    added->post = std::move(post);
    loops_.push_back(std::move(added));
}

void heartbeats::unwatch(const std::string& name) noexcept {
    std::shared_ptr<loop> gone;
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(loops_.begin(), loops_.end(),
                                        [&](const auto& l) { return l->name == name; });
        if (found == loops_.end()) {
            return;
        }
        gone = *found;
        loops_.erase(found);
    }
    const std::lock_guard lock(gone->posting);
    gone->watched = false;
}

bool heartbeats::has(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(loops_.begin(), loops_.end(),
                       [&](const auto& l) { return l->name == name; });
}

std::vector<blocked_loop> heartbeats::beat(time_point now) {
    std::vector<blocked_loop> found;
    std::vector<std::shared_ptr<loop>> to_ask;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& l : loops_) {
            if (l->blocked(now) && !l->reported) {
                l->reported = true;
                found.push_back({l->name, std::chrono::duration_cast<milliseconds>(now - l->asked),
                                 l->thread.load()});
            }
            if (!l->waiting.load() && now >= l->next_ask) {
                l->reported = false;
                l->asked = now;
                l->next_ask = now + l->limit / 4;
                l->waiting.store(true);
                to_ask.push_back(l);
            }
        }
    }
    for (const auto& l : to_ask) {
        const std::lock_guard posting(l->posting);
        if (l->watched) {
            l->post([l] {
                l->thread.store(static_cast<int>(sys::current_thread_id()));
                l->waiting.store(false);
            });
        }
    }
    return found;
}

std::optional<time_point> heartbeats::next() const {
    const std::lock_guard lock(mutex_);
    std::optional<time_point> earliest;
    for (const auto& l : loops_) {
        const bool pending = l->waiting.load();
        // A blocked loop that is reported already may have answered meanwhile: look again soon.
        const time_point at = !pending      ? l->next_ask
                              : l->reported ? std::chrono::steady_clock::now() + l->limit / 4
                                            : l->asked + l->limit + milliseconds(1);
        earliest = earliest ? std::min(*earliest, at) : at;
    }
    return earliest;
}

std::vector<check_result> heartbeats::results(time_point now) const {
    const std::lock_guard lock(mutex_);
    std::vector<check_result> results;
    for (const auto& l : loops_) {
        const bool blocked = l->blocked(now);
        std::string detail;
        if (blocked) {
            detail = "has not answered for " +
                     to_text(std::chrono::duration_cast<milliseconds>(now - l->asked)) +
                     " (limit " + to_text(l->limit) + ")";
        }
        results.push_back({l->name, !blocked, std::move(detail)});
    }
    return results;
}

}  // namespace lastcall::runtime
