#include "adapters/flush_prometheus/exposer.hpp"

#include <CivetServer.h>

#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "sys/signal/signals.hpp"

namespace lastcall::detail {

namespace {

// The exposer collects, then writes the answer, on one thread of the server; the end of
// the request, the moment that matters, is told by a callback without a context of ours.
// So the collecting leaves behind on its thread for whom the request is.
thread_local std::shared_ptr<scrape_counter> being_answered;

void on_request_end(const mg_connection*, int) {
    if (const auto counter = std::exchange(being_answered, nullptr); counter != nullptr) {
        counter->answered();
    }
}

class watched : public prometheus::Collectable {
public:
    watched(std::shared_ptr<prometheus::Collectable> metrics,
            std::shared_ptr<scrape_counter> counter)
        : metrics_(std::move(metrics)), counter_(std::move(counter)) {}

    std::vector<prometheus::MetricFamily> Collect() const override {
        if (counter_->is_expecting()) {
            being_answered = counter_;
        }
        return metrics_->Collect();
    }

private:
    std::shared_ptr<prometheus::Collectable> metrics_;
    std::shared_ptr<scrape_counter> counter_;
};

}  // namespace

void scrape_counter::expect() noexcept {
    const std::lock_guard lock(mutex_);
    is_expecting_ = true;
}

bool scrape_counter::is_expecting() const noexcept {
    const std::lock_guard lock(mutex_);
    return is_expecting_;
}

void scrape_counter::answered() noexcept {
    const std::lock_guard lock(mutex_);
    is_answered_ = true;
    changed_.notify_all();
}

void scrape_counter::give_up() noexcept {
    const std::lock_guard lock(mutex_);
    is_given_up_ = true;
    changed_.notify_all();
}

bool scrape_counter::wait(clock::time_point until) noexcept {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return is_answered_ || is_given_up_; });
    return is_answered_;
}

metrics_exposer::metrics_exposer(const prometheus_last_scrape& how,
                                 const std::shared_ptr<prometheus::Collectable>& metrics)
    : counter_(std::make_shared<scrape_counter>()),
      source_(std::make_shared<watched>(metrics, counter_)) {
    CivetCallbacks callbacks;
    callbacks.end_request = on_request_end;
    try {
        server_ = std::make_unique<prometheus::Exposer>(how.listen, 2, &callbacks);
    } catch (const std::exception& error) {
        throw std::runtime_error("serve metrics on " + how.listen + ": " + error.what());
    }
    server_->RegisterCollectable(source_, how.uri);
    const std::vector<int> ports = server_->GetListeningPorts();
    port_ = ports.empty() ? 0 : ports.front();
}

bool metrics_exposer::wait_for_last(clock::time_point until) noexcept {
    counter_->expect();
    return counter_->wait(until);
}

// A stop of the server takes up to 2 s, because its threads look only so often whether
// they are to stop, and forgets connections it has just accepted. So none happens while
// the service stops; and here nobody waits for it.
void metrics_exposer::stop() noexcept {
    try {
        const sys::all_signals_blocked for_the_thread;
        std::thread([server = std::move(server_)]() mutable { server.reset(); }).detach();
    } catch (const std::system_error&) {
        // No thread to be had: then it takes its time.
    }
}

}  // namespace lastcall::detail
