// The last values of the metrics: seen by Prometheus before the process ends.
//
// What happened since the last scrape is otherwise lost: with it the numbers of the stop
// itself. A component that all others use, so it ends last, in one of three ways:
//
//   last scrape   goes on serving /metrics until one more scrape has been answered
//   push          pushes once to a Pushgateway
//   text file     writes a file for the node exporter's textfile collector
//
// It makes no metrics. That nobody came to scrape is no failure of the stop; a push that
// was refused, or a file that could not be written, is, and the report says so.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include <lastcall/lifecycle.hpp>

namespace prometheus {
class Collectable;
}

namespace lastcall {

struct prometheus_last_scrape {
    std::string listen = "0.0.0.0:9464";  ///< address:port; port 0 takes a free one
    std::string uri = "/metrics";
    /// How long to wait for the last scrape: a little over the scrape interval. It ends
    /// earlier with the step's share of the deadline.
    std::chrono::milliseconds max_wait{16'000};
};

struct prometheus_push {
    std::string url;  ///< http://[user:password@]host:port
    std::string job;
    std::map<std::string, std::string> labels = {};  ///< the grouping key, beside the job
};

struct prometheus_text_file {
    std::string path;  ///< ends in .prom; replaced atomically, mode 0644
};

struct flush_prometheus_options {
    std::string name = "metrics";  ///< of the component
    std::variant<prometheus_last_scrape, prometheus_push, prometheus_text_file> how = {};
    share close_share = {.minimum = std::chrono::milliseconds{100}, .weight = 4.0};
};

namespace detail {
class metrics_exposer;
}

/// Lifetime: must outlive `run` of its lifecycle.
/// Example:  examples/orders/
class flush_prometheus {
public:
    /// Adds the component to `life`; for `prometheus_last_scrape` it starts serving now.
    ///
    /// `metrics`  usually a prometheus::Registry.
    /// Errors:    std::invalid_argument (no metrics, a URL or path that does not fit; as
    ///            `lifecycle::add`), std::system_error (the address cannot be bound).
    flush_prometheus(lifecycle& life, const std::shared_ptr<prometheus::Collectable>& metrics,
                     flush_prometheus_options options = {});
    flush_prometheus(const flush_prometheus&) = delete;
    flush_prometheus& operator=(const flush_prometheus&) = delete;
    ~flush_prometheus();

    /// The port that is served; 0 for the ways that serve none.
    [[nodiscard]] int port() const noexcept;

private:
    std::shared_ptr<detail::metrics_exposer> exposer_;
};

}  // namespace lastcall
