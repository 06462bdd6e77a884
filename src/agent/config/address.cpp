#include "agent/config/address.hpp"

#include <charconv>

#include "sys/socket/probe.hpp"

namespace lastcall::agent {
namespace {

constexpr std::size_t longest_path = 107;  // unix(7): 108 with the NUL

std::string written(std::string_view host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != std::string_view::npos;
    return "tcp:" + (is_v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" +
           std::to_string(port);
}

address_read wrong(std::string problem, std::string fix) {
    return {{}, std::move(problem), std::move(fix), {}};
}

address_read read_unix(std::string_view path) {
    if (path.starts_with('@')) {
        return wrong("is an abstract address, which cannot be handed over by a rename",
                     "write a path: unix:/run/NAME.sock");
    }
    if (!path.starts_with('/')) {
        return wrong("is no absolute path", "write it as unix:/run/NAME.sock");
    }
    if (path.ends_with('/')) {
        return wrong("is a directory's path", "write the path of the socket itself");
    }
    if (path.size() > longest_path) {
        return wrong("has " + std::to_string(path.size()) +
                         " characters, and unix(7) has room for " + std::to_string(longest_path),
                     "use a shorter path, as /run/NAME.sock");
    }
    return {"unix:" + std::string(path), {}, {}, {}};
}

bool is_any(std::string_view host) { return host == "::" || host == "0.0.0.0"; }

}  // namespace

address_read read_address(std::string_view text, bool has_ipv6) {
    const std::string_view form = "write it as 8080, 127.0.0.1:8080, [::]:8080 or unix:/run/x.sock";
    if (text.starts_with("udp:") || text.ends_with("/udp")) {
        return wrong(
            "is UDP, which has no queue of connections that two generations could share: "
            "datagrams of one client would reach either of them",
            "let the program bind it itself; only TCP and unix sockets are handed over");
    }
    if (text.starts_with("unix:")) {
        return read_unix(text.substr(5));
    }
    if (text.starts_with('/')) {
        return read_unix(text);
    }
    if (text.starts_with("http://") || text.starts_with("https://")) {
        return wrong("is a URL; a socket has an address", std::string(form));
    }
    if (text.starts_with("tcp:")) {
        text.remove_prefix(4);
        text.remove_prefix(text.starts_with("//") ? 2 : 0);
    }
    if (text.ends_with("/tcp")) {
        text.remove_suffix(4);
    }
    const auto colon = text.rfind(':');
    auto host = colon == std::string_view::npos ? std::string_view("*") : text.substr(0, colon);
    const auto digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
    if (!host.empty() && host.find_first_not_of("0123456789") == std::string_view::npos) {
        return wrong("maps one port to another, and nothing is mapped here",
                     "write the port alone: " + std::string(host));
    }
    if (host.find(':') != std::string_view::npos && !host.starts_with('[')) {
        return wrong("is an IPv6 address without brackets",
                     "write it as [" + std::string(host) + "]:" + std::string(digits));
    }
    std::uint16_t port = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    if (error == std::errc::result_out_of_range && stop == end) {
        return wrong("has a port above 65535", "write a port from 0 to 65535");
    }
    if (error != std::errc{} || stop != end) {
        return wrong(digits.empty() ? "has no port" : "is no address", std::string(form));
    }
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) {
            return wrong("has a bracket that is not closed", std::string(form));
        }
        host = host.substr(1, host.size() - 2);
        sys::probe_address numeric;
        if (!sys::to_probe_address(host, true, port, numeric)) {
            return wrong("is no IPv6 address", "write it as [::1]:8080 or [::]:8080");
        }
        return {written(host, port), {}, {}, {}};
    }
    if (host == "*" || host.empty()) {
        const bool is_alone = colon == std::string_view::npos && port != 0;
        return {written(has_ipv6 ? "::" : "0.0.0.0", port),
                {},
                {},
                is_alone ? "tcp:" + std::to_string(port) : std::string()};
    }
    if (host == "localhost") {
        host = "127.0.0.1";
    }
    sys::probe_address numeric;
    if (!sys::to_probe_address(host, false, port, numeric)) {
        return wrong(
            "has no numeric address in front of the port; a name would have to be looked up",
            std::string(form));
    }
    return {written(host, port), {}, {}, {}};
}

address_parts parts_of(std::string_view canonical) {
    if (canonical.starts_with("unix:")) {
        return {true, std::string(canonical.substr(5)), 0};
    }
    address_parts made;
    canonical.remove_prefix(canonical.starts_with("tcp:") ? 4 : 0);
    const auto colon = canonical.rfind(':');
    auto host = colon == std::string_view::npos ? "*" : canonical.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    made.host = host;
    const auto digits = colon == std::string_view::npos ? canonical : canonical.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), made.port);
    return made;
}

bool overlap(std::string_view left, std::string_view right) {
    const auto one = parts_of(left);
    const auto other = parts_of(right);
    if (one.is_unix || other.is_unix) {
        return one.is_unix && other.is_unix && one.host == other.host;
    }
    if (one.port != other.port || one.port == 0) {
        return false;
    }
    const bool same_family =
        (one.host.find(':') == std::string::npos) == (other.host.find(':') == std::string::npos);
    // "::" takes IPv4 too; "0.0.0.0" has nothing to do with "::1".
    const bool is_port_alone = one.host == "*" || other.host == "*";
    return is_port_alone || one.host == other.host || one.host == "::" || other.host == "::" ||
           (same_family && (is_any(one.host) || is_any(other.host)));
}

}  // namespace lastcall::agent
