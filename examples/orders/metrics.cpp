#include "metrics.hpp"

#include <prometheus/text_serializer.h>

namespace orders {
namespace {

prometheus::Counter& counter(prometheus::Registry& in, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(in).Add({});
}

prometheus::MetricFamily number(const char* name, const char* help, prometheus::MetricType type,
                                std::uint64_t value) {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    prometheus::ClientMetric metric;
    if (type == prometheus::MetricType::Counter) {
        metric.counter.value = static_cast<double>(value);
    } else {
        metric.gauge.value = static_cast<double>(value);
    }
    family.metric.push_back(metric);
    return family;
}

}  // namespace

// Two steps: the counters live in the registry.
metrics::metrics() : metrics(std::make_shared<prometheus::Registry>()) {}

metrics::metrics(std::shared_ptr<prometheus::Registry> registry)
    : orders_created(counter(*registry, "orders_created_total", "Orders that were committed")),
      jobs_done(counter(*registry, "orders_jobs_done_total", "Jobs that were done")),
      jobs_failed(counter(*registry, "orders_jobs_failed_total", "Attempts that failed")),
      registry_(std::move(registry)) {}

std::string metrics::text(const lastcall::http::server_counts& server) const {
    using prometheus::MetricType;
    auto families = registry_->Collect();
    families.push_back(number("orders_queue_failures_total",
                              "Calls to a job queue that failed; they are repeated",
                              MetricType::Counter, queue_failures()));
    families.push_back(number("http_connections_accepted_total", "Connections accepted",
                              MetricType::Counter, server.connections_accepted));
    families.push_back(number("http_connections_open", "Connections open now", MetricType::Gauge,
                              server.connections_open));
    families.push_back(number("http_requests_total", "Requests handed to the application",
                              MetricType::Counter, server.requests));
    families.push_back(number("http_requests_refused_total",
                              "Requests answered without the application", MetricType::Counter,
                              server.refused));
    families.push_back(number("http_websockets_open", "WebSockets open now", MetricType::Gauge,
                              server.websockets_open));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace orders
