// Serves the metrics, and knows when a scrape has been answered.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include <lastcall/flush_prometheus.hpp>

namespace lastcall::detail {

/// Counts the answered scrapes. Threads: any.
class scrape_counter {
public:
    /// A scrape that begins from now on is wanted.
    void expect() noexcept;
    [[nodiscard]] bool is_expecting() const noexcept;
    void answered() noexcept;
    void give_up() noexcept;

    /// Returns: whether an expected scrape was answered; false after `until` or give_up.
    bool wait(clock::time_point until) noexcept;

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool is_expecting_ = false;
    bool is_answered_ = false;
    bool is_given_up_ = false;
};

class metrics_exposer {
public:
    /// Errors: std::runtime_error: the address cannot be served.
    metrics_exposer(const prometheus_last_scrape& how,
                    const std::shared_ptr<prometheus::Collectable>& metrics);

    /// Begins to stop serving; returns at once.
    void stop() noexcept;

    [[nodiscard]] int port() const noexcept { return port_; }

    /// Waits until one more scrape, that begins from now on, has been answered.
    /// Returns: whether one was; false after `until` or `give_up`.
    bool wait_for_last(clock::time_point until) noexcept;

    void give_up() noexcept { counter_->give_up(); }

private:
    std::shared_ptr<scrape_counter> counter_;
    std::shared_ptr<prometheus::Collectable> source_;  // the exposer only knows it weakly
    std::unique_ptr<prometheus::Exposer> server_;
    int port_ = 0;
};

}  // namespace lastcall::detail
