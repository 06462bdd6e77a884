#include <lastcall/flush_prometheus.hpp>

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <lastcall/durable_file.hpp>

#include "adapters/flush_prometheus/exposer.hpp"
#include "adapters/flush_prometheus/push.hpp"

namespace lastcall {

namespace {

using source_ptr = std::shared_ptr<prometheus::Collectable>;

/// Runs a push on a thread that nobody waits for: curl knows no limit here, so a step
/// that is forced ends without it.
class unattended_push : public std::enable_shared_from_this<unattended_push> {
public:
    unattended_push(prometheus_push how, source_ptr metrics)
        : how_(std::move(how)), metrics_(std::move(metrics)) {}

    void start(completion done) {
        {
            const std::lock_guard lock(mutex_);
            done_.emplace(std::move(done));
        }
        std::thread([self = shared_from_this()] {
            try {
                metrics::push(self->how_, self->metrics_);
                self->end(nullptr);
            } catch (...) {
                self->end(std::current_exception());
            }
        }).detach();
    }

    void give_up() noexcept {
        end(std::make_exception_ptr(std::runtime_error("the push got no answer in time")));
    }

private:
    void end(std::exception_ptr error) noexcept {
        const std::lock_guard lock(mutex_);
        if (done_) {
            (*done_)(std::move(error));
        }
    }

    const prometheus_push how_;
    const source_ptr metrics_;
    std::mutex mutex_;
    std::optional<completion> done_;  // only its first call counts
};

struct actions {
    step close;
    std::function<void()> force = {};
};

actions actions_for(const prometheus_last_scrape& how,
                    const std::shared_ptr<detail::metrics_exposer>& exposer) {
    const auto close = [exposer, wait = how.max_wait](const stop_context& context) {
        // A little before the step's own end, where it would count as forced.
        const auto until = clock::now() + std::min(wait, context.left() * 9 / 10);
        context.progress(exposer->wait_for_last(until) ? "the last scrape was answered"
                                                       : "no last scrape came");
    };
    return {step(close), [exposer] { exposer->give_up(); }};
}

actions actions_for(const prometheus_push& how, const source_ptr& source) {
    static_cast<void>(metrics::parse_gateway(how.url));
    if (how.job.empty()) {
        throw std::invalid_argument("push metrics: the job is empty");
    }
    const auto push = std::make_shared<unattended_push>(how, source);
    const auto close = [push](const stop_context&, completion done) {
        push->start(std::move(done));
    };
    return {step(close), [push] { push->give_up(); }};
}

actions actions_for(const prometheus_text_file& how, const source_ptr& source) {
    if (!how.path.ends_with(".prom")) {
        throw std::invalid_argument("metrics file '" + how.path +
                                    "': the node exporter only reads names that end in .prom");
    }
    return {step([path = how.path, source] {
        durable_file::replace(path, prometheus::TextSerializer().Serialize(source->Collect()));
    })};
}

}  // namespace

flush_prometheus::flush_prometheus(lifecycle& life, const source_ptr& metrics,
                                   flush_prometheus_options options) {
    if (metrics == nullptr) {
        throw std::invalid_argument("metrics '" + options.name + "': none given");
    }
    actions chosen;
    if (const auto* scrape = std::get_if<prometheus_last_scrape>(&options.how)) {
        exposer_ = std::make_shared<detail::metrics_exposer>(*scrape, metrics);
        chosen = actions_for(*scrape, exposer_);
    } else if (const auto* push = std::get_if<prometheus_push>(&options.how)) {
        chosen = actions_for(*push, metrics);
    } else {
        chosen = actions_for(std::get<prometheus_text_file>(options.how), metrics);
    }
    life.add({
        .name = std::move(options.name),
        .close = std::move(chosen.close),
        .force = std::move(chosen.force),
        .close_share = options.close_share,
        .last = true,
    });
}

flush_prometheus::~flush_prometheus() {
    if (exposer_ != nullptr) {
        exposer_->stop();
    }
}

int flush_prometheus::port() const noexcept { return exposer_ == nullptr ? 0 : exposer_->port(); }

}  // namespace lastcall
