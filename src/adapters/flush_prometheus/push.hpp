// A push to a Pushgateway.
#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <string>

#include <lastcall/flush_prometheus.hpp>

namespace lastcall::metrics {

struct gateway_address {
    std::string host;  ///< with its scheme
    std::string port;
    std::string user;
    std::string password;
};

/// Reads http://[user:password@]host:port, also https.
/// Errors: std::invalid_argument; the message never contains the password.
gateway_address parse_gateway(const std::string& url);

/// Pushes once; metrics of the same names under the same job and labels are replaced.
/// Errors:  std::runtime_error with the HTTP status or what curl says.
/// Blocks:  on the network; prometheus-cpp sets curl no limit.
void push(const prometheus_push& how, const std::shared_ptr<prometheus::Collectable>& metrics);

}  // namespace lastcall::metrics
