// --ready: "notify", "tcp:8080", "tcp:10.0.0.7:8080", "http:8080/ready",
// "http://127.0.0.1:8080/ready", "file:/run/ready".
#include "init/option_values.hpp"

namespace lastcall::init {
namespace {

bool is_ipv4(std::string_view text) noexcept {
    for (int part = 0; part < 4; ++part) {
        if (text.empty() || !number_in(next_in(text, '.'), 0, 255)) {
            return false;
        }
    }
    return text.empty();
}

// A first look: connect(2) has the last word.
bool is_ipv6(std::string_view text) noexcept {
    return text.find(':') != std::string_view::npos &&
           text.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string_view::npos;
}

// What is wrong with "PORT", "HOST:PORT" or "[HOST]:PORT"; empty: nothing. A "localhost:" is
// taken off `target`: without a host it means this one.
std::string_view check_endpoint(std::string_view endpoint, const char*& target) noexcept {
    constexpr std::string_view here = "localhost:";
    if (endpoint.starts_with(here)) {
        endpoint.remove_prefix(here.size());
        target += here.size();
    }
    const std::size_t colon = endpoint.rfind(':');
    std::string_view host = colon == std::string_view::npos ? "" : endpoint.substr(0, colon);
    std::string_view port = endpoint;
    port.remove_prefix(colon == std::string_view::npos ? 0 : colon + 1);
    if (!number_in(port, 1, 65535)) {
        return "needs a port between 1 and 65535";
    }
    if (colon == std::string_view::npos) {
        return {};
    }
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host.remove_prefix(1);
        host.remove_suffix(1);
    }
    if (bracketed ? !is_ipv6(host) : !is_ipv4(host)) {
        return "names a host that is no address, and names are not looked up";
    }
    return {};
}

constexpr std::string_view forms =
    "; write notify, tcp:8080, tcp:10.0.0.7:8080, http:8080/ready or file:/run/ready\n";

}  // namespace

bool read_ready(std::string_view what, const char* text, options& into, parsed& result) noexcept {
    const std::string_view value = text;
    using kind = readiness::kind;
    std::string_view problem;
    const auto take = [&](std::string_view scheme, kind how) {
        if (!value.starts_with(scheme)) {
            return false;
        }
        into.ready.how = how;
        into.ready.target = text + scheme.size();
        return true;
    };
    if (value == "notify") {
        into.ready.how = kind::notify;
    } else if (take("tcp:", kind::tcp)) {
        problem = check_endpoint(into.ready.target, into.ready.target);
    } else if (take("http://", kind::http) || take("http:", kind::http)) {
        std::string_view rest = into.ready.target;
        problem = check_endpoint(next_in(rest, '/'), into.ready.target);
    } else if (value.starts_with("https:")) {
        problem = "would need TLS, which is not spoken here";
    } else if (take("file:", kind::file)) {
        problem = *into.ready.target == '/' ? "" : "needs the whole path of a file";
    } else {
        problem = "is no way to tell readiness";
    }
    if (!problem.empty()) {
        refuse(into, result) << what << ": \"" << value << "\" " << problem << forms;
        return false;
    }
    return true;
}

}  // namespace lastcall::init
