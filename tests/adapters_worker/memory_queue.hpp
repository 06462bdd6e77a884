// A job_queue in memory whose calls can be made to fail.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <lastcall/worker.hpp>

#include "adapters_worker/waiting.hpp"

namespace lastcall::testing {

class memory_queue final : public job_queue {
public:
    enum class call { take, finish, put_back, fail };

    void push(const std::string& id) {
        const std::lock_guard lock(mutex_);
        ready_.push_back({.id = id, .payload = "payload of " + id, .attempt = 0});
        changed_.notify_all();
    }

    /// The next `times` calls of a kind throw; -1: all of them.
    void break_calls(call which, int times) {
        const std::lock_guard lock(mutex_);
        broken_[which] = times;
    }

    std::vector<job> take(std::size_t most, std::chrono::milliseconds wait) override {
        std::unique_lock lock(mutex_);
        throw_if_broken(call::take);
        changed_.wait_for(lock, wait, [&] { return woken_ || !ready_.empty(); });
        std::vector<job> out;
        while (!woken_ && !ready_.empty() && out.size() < most) {
            job next = std::move(ready_.front());
            ready_.pop_front();
            ++next.attempt;
            held_[next.id] = next;
            out.push_back(std::move(next));
        }
        return out;
    }

    void finish(const job& done) override { settle(call::finish, done, finished_); }

    void put_back(const job& held) override {
        settle(call::put_back, held, put_back_);
        const std::lock_guard lock(mutex_);
        ready_.push_back({held.id, held.payload, held.attempt - 1});
    }

    void fail(const job& held, std::string_view why) override {
        settle(call::fail, held, failed_);
        const std::lock_guard lock(mutex_);
        reasons_.emplace_back(why);
    }

    void wake() noexcept override {
        {
            const std::lock_guard lock(mutex_);
            woken_ = true;
            changed_.notify_all();
        }
        if (on_wake) {
            on_wake();
        }
    }

    void renew() override { renewals.add(); }

    [[nodiscard]] std::vector<std::string> finished() const { return copy(finished_); }
    [[nodiscard]] std::vector<std::string> put_back_jobs() const { return copy(put_back_); }
    [[nodiscard]] std::vector<std::string> failed() const { return copy(failed_); }
    [[nodiscard]] std::vector<std::string> reasons() const { return copy(reasons_); }

    /// Jobs that were taken, and of which the queue has heard nothing since.
    [[nodiscard]] std::vector<std::string> held() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> out;
        for (const auto& [id, unused] : held_) {
            out.push_back(id);
        }
        return out;
    }

    std::function<void()> on_wake;
    counter renewals;
    counter settled;
    counter refused;  ///< calls that threw

private:
    void settle(call which, const job& what, std::vector<std::string>& into) {
        const std::lock_guard lock(mutex_);
        throw_if_broken(which);
        if (held_.erase(what.id) != 1) {
            throw std::logic_error("job " + what.id + " is settled twice");
        }
        into.push_back(what.id);
        settled.add();
    }

    void throw_if_broken(call which) {
        int& left = broken_[which];
        if (left != 0) {
            left -= left > 0 ? 1 : 0;
            refused.add();
            throw std::runtime_error("the queue is away");
        }
    }

    std::vector<std::string> copy(const std::vector<std::string>& of) const {
        const std::lock_guard lock(mutex_);
        return of;
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<job> ready_;
    std::map<std::string, job> held_;
    std::vector<std::string> finished_;
    std::vector<std::string> put_back_;
    std::vector<std::string> failed_;
    std::vector<std::string> reasons_;
    std::map<call, int> broken_;
    bool woken_ = false;
};

}  // namespace lastcall::testing
