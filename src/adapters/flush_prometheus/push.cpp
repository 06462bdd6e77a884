#include "adapters/flush_prometheus/push.hpp"

#include <prometheus/gateway.h>

#include <stdexcept>
#include <string_view>

namespace lastcall::metrics {

gateway_address parse_gateway(const std::string& url) {
    const auto refuse = [](const char* why) {
        throw std::invalid_argument(std::string("pushgateway url: ") + why +
                                    "; expected http://[user:password@]host:port");
    };
    const std::string_view all = url;
    const auto scheme_end = all.find("://");
    if (!all.starts_with("http://") && !all.starts_with("https://")) {
        refuse("it begins with neither http:// nor https://");
    }
    gateway_address to;
    std::string_view rest = all.substr(scheme_end + 3);
    if (const auto at = rest.rfind('@'); at != rest.npos) {
        const std::string_view login = rest.substr(0, at);
        const auto colon = login.find(':');
        if (colon == login.npos) {
            refuse("a user without a password");
        }
        to.user = login.substr(0, colon);
        to.password = login.substr(colon + 1);
        rest = rest.substr(at + 1);
    }
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    const auto colon = rest.rfind(':');
    if (colon == rest.npos || colon == 0 || rest.substr(colon + 1).empty() ||
        rest.substr(colon + 1).find_first_not_of("0123456789") != rest.npos) {
        refuse("host and port are not both given, or something follows them");
    }
    to.host = std::string(all.substr(0, scheme_end + 3)) + std::string(rest.substr(0, colon));
    to.port = rest.substr(colon + 1);
    return to;
}

void push(const prometheus_push& how, const std::shared_ptr<prometheus::Collectable>& metrics) {
    const gateway_address to = parse_gateway(how.url);
    prometheus::Gateway gateway(to.host, to.port, how.job, how.labels, to.user, to.password);
    gateway.RegisterCollectable(metrics);
    // Push() answers an HTTP status, or curl's error code negated.
    const int status = gateway.Push();
    if (status < 200 || status > 299) {
        throw std::runtime_error("push metrics to " + to.host + ":" + to.port + ": " +
                                 (status < 0 ? "curl error " + std::to_string(-status)
                                             : "HTTP status " + std::to_string(status)));
    }
}

}  // namespace lastcall::metrics
