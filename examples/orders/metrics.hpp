// Numbers for Prometheus.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <functional>
#include <lastcall/http.hpp>
#include <memory>

namespace orders {

class metrics {
public:
    metrics();
    explicit metrics(std::shared_ptr<prometheus::Registry> registry);

    prometheus::Counter& orders_created;
    prometheus::Counter& jobs_done;
    prometheus::Counter& jobs_failed;
    std::function<std::size_t()> queue_failures = [] { return std::size_t{0}; };

    /// All of them in the text format, and the numbers of the server and the queues.
    [[nodiscard]] std::string text(const lastcall::http::server_counts& server) const;

private:
    std::shared_ptr<prometheus::Registry> registry_;
};

}  // namespace orders
