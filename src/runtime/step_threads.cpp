#include "runtime/step_threads.hpp"

#include "sys/process/process.hpp"

namespace lastcall::runtime {

void step_threads::run(std::string name, std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    if (idle_ > waiting_.size()) {
        waiting_.push_back({std::move(name), std::move(work)});
        changed_.notify_one();
        return;
    }
    threads_.reserve(threads_.size() + 1);
    waiting_.push_back({std::move(name), std::move(work)});
    try {
        threads_.emplace_back([this] { serve(); });
    } catch (...) {
        waiting_.pop_back();
        throw;
    }
}

void step_threads::serve() {
    mask_.apply();  // what a step starts must not inherit a full mask
    std::unique_lock lock(mutex_);
    for (;;) {
        if (waiting_.empty()) {
            if (finishing_) {
                return;
            }
            ++idle_;
            changed_.wait(lock, [this] { return !waiting_.empty() || finishing_; });
            --idle_;
            continue;
        }
        const task next = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        lock.unlock();
        sys::name_this_thread(next.name.c_str());
        next.work();
        lock.lock();
    }
}

void step_threads::finish() {
    {
        const std::lock_guard lock(mutex_);
        finishing_ = true;
    }
    changed_.notify_all();
    for (std::thread& t : threads_) {
        t.join();
    }
    threads_.clear();
}

}  // namespace lastcall::runtime
