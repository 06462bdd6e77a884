// Clients without a break: every connection is one that must be answered.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "keeper/keeper_lab.hpp"

namespace lastcall::test {

class steady_load {
public:
    steady_load(int port, int clients) {
        for (int i = 0; i < clients; ++i) {
            threads_.emplace_back([this, port] {
                while (!is_over_) {
                    const auto answer = fetch(port);
                    const std::scoped_lock hold(lock_);
                    ++answers_[answer];
                    ++count_;
                }
            });
        }
    }
    ~steady_load() { finish(); }
    steady_load(const steady_load&) = delete;
    steady_load& operator=(const steady_load&) = delete;

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// So many more are answered. Returns: false when they are not, within the ceiling.
    bool wait_for_more(std::size_t more) const {
        const std::size_t goal = count_ + more;
        return eventually([&] { return count_ >= goal; });
    }
    /// What was answered, and how often.
    std::map<std::string, int> finish() {
        is_over_ = true;
        for (auto& one : threads_) {
            if (one.joinable()) {
                one.join();
            }
        }
        return answers_;
    }

private:
    std::atomic<bool> is_over_{false};
    std::atomic<std::size_t> count_{0};
    std::mutex lock_;
    std::map<std::string, int> answers_;
    std::vector<std::thread> threads_;
};

}  // namespace lastcall::test
