#include <lastcall/flush_spdlog.hpp>

#include <spdlog/async.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lastcall {

namespace {

using thread_pool = spdlog::details::thread_pool;

spdlog::details::registry& registry() { return spdlog::details::registry::instance(); }

// Set once, when a flush is given up; never destroyed.
std::atomic<const std::shared_ptr<thread_pool>*> immortal_pool;

/// The flush, on threads that nobody waits for: any of them may hang in a sink for good,
/// so each shares the ownership of this object, and the step ends without them.
class last_flush : public std::enable_shared_from_this<last_flush> {
public:
    void start(completion done) {
        {
            const std::lock_guard lock(mutex_);
            done_.emplace(std::move(done));
        }
        // Even to list the loggers can hang: spdlog's periodic flush holds the
        // registry's lock while it is inside a sink.
        std::thread([self = shared_from_this()] { self->run(); }).detach();
    }

    void give_up() noexcept {
        try {
            std::string what = "not flushed in time:";
            {
                const std::lock_guard lock(mutex_);
                is_given_up_ = true;
                changed_.notify_all();
                for (const std::string& name : waiting_for_) {
                    what += " '" + name + "'";
                }
            }
            // The registry's destructor would join the pool's threads, and hang the exit
            // of the process in the same sink. A pool that has one more owner, who is
            // never destroyed, is not either; the process ends its threads.
            immortal_pool.store(new std::shared_ptr<thread_pool>(registry().get_tp()));
            end(std::make_exception_ptr(std::runtime_error(what)));
        } catch (...) {
            end(std::current_exception());
        }
    }

private:
    void run() noexcept {
        try {
            flush_loggers();
            if (wait_for_all()) {
                end_pool();
                end(nullptr);
            }
        } catch (...) {
            end(std::current_exception());
        }
    }

    void flush_loggers() {
        note("the registry");
        std::vector<std::shared_ptr<spdlog::logger>> loggers;
        spdlog::apply_all(
            [&](const std::shared_ptr<spdlog::logger>& one) { loggers.push_back(one); });
        for (const auto& one : loggers) {
            note(one->name());
        }
        strike("the registry");
        // Each on a thread of its own, as one that hangs must not keep the others from
        // being flushed; the last on this one.
        for (std::size_t i = 0; i < loggers.size(); ++i) {
            if (i + 1 < loggers.size()) {
                std::thread([self = shared_from_this(), one = loggers[i]] {
                    self->flush(*one);
                }).detach();
            } else {
                flush(*loggers[i]);
            }
        }
    }

    void flush(spdlog::logger& one) noexcept {
        try {
            one.flush();
        } catch (const std::exception& error) {
            fail("'" + one.name() + "': " + error.what());
        }
        strike(one.name());
    }

    /// Returns: false when given up.
    bool wait_for_all() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_for_.empty() || is_given_up_; });
        return !is_given_up_;
    }

    /// The destructor of the pool writes what is queued, then joins its threads.
    void end_pool() {
        std::shared_ptr<thread_pool> pool = registry().get_tp();
        if (pool != nullptr) {
            note("the asynchronous queue");
            registry().set_tp(nullptr);
            pool.reset();
            strike("the asynchronous queue");
        }
    }

    void note(const std::string& name) {
        const std::lock_guard lock(mutex_);
        waiting_for_.push_back(name);
    }

    void strike(const std::string& name) {
        const std::lock_guard lock(mutex_);
        const auto found = std::find(waiting_for_.begin(), waiting_for_.end(), name);
        if (found != waiting_for_.end()) {
            waiting_for_.erase(found);
        }
        changed_.notify_all();
    }

    void fail(const std::string& what) {
        const std::lock_guard lock(mutex_);
        failures_ += (failures_.empty() ? "" : "; ") + what;
    }

    void end(std::exception_ptr error) noexcept {
        const std::lock_guard lock(mutex_);
        if (error == nullptr && !failures_.empty()) {
            error = std::make_exception_ptr(std::runtime_error("flush: " + failures_));
        }
        if (done_) {
            (*done_)(std::move(error));
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<completion> done_;  // only its first call counts
    std::vector<std::string> waiting_for_;
    std::string failures_;
    bool is_given_up_ = false;
};

}  // namespace

void flush_spdlog(lifecycle& life, flush_spdlog_options options) {
    const auto flush = std::make_shared<last_flush>();
    life.add({
        .name = std::move(options.name),
        .close = [flush](const stop_context&, completion done) { flush->start(std::move(done)); },
        .force = [flush] { flush->give_up(); },
        .close_share = options.close_share,
        .last = true,
    });
}

}  // namespace lastcall
