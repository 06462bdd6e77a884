#include "core/probe_target.hpp"

#include <algorithm>

#include "core/text_parts.hpp"

namespace lastcall::core {
namespace {

constexpr std::size_t longest_path = 512;

constexpr bool is_address_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
           c == '.';
}

}  // namespace

bool read_probe_target(std::string_view text, bool is_http, probe_target& into,
                       text_sink& why) noexcept {
    const auto refuse = [&](std::string_view reason) {
        why << '"' << text << "\" " << reason << "; write it as 8080, 127.0.0.1:8080 or [::1]:8080"
            << (is_http ? ", with a path after it: 8080/ready" : "");
        return false;
    };
    into = {};
    std::string_view rest = text;
    if (is_http && rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else if (rest.find("://") != rest.npos) {
        return refuse(is_http ? "is not plain http" : "is a URL");
    }
    const std::size_t slash = rest.find('/');
    if (slash != rest.npos) {
        if (!is_http) {
            return refuse("has a path, which only http has");
        }
        into.path = after(rest, slash);
        rest = first_of(rest, slash);
    }
    if (into.path.size() > longest_path ||
        !std::all_of(into.path.begin(), into.path.end(),
                     [](char c) { return c > ' ' && c < 127; })) {
        return refuse("has a path that is too long or has blanks in it");
    }
    into.authority = rest;
    std::string_view port = rest;
    const std::size_t colon = rest.rfind(':');
    if (rest.starts_with('[')) {
        const std::size_t close = rest.find(']');
        if (close == rest.npos || close + 1 >= rest.size() || rest[close + 1] != ':') {
            return refuse("has no port after its address");
        }
        into.host = first_of(after(rest, 1), close - 1);
        into.is_v6 = true;
        port = after(rest, close + 2);
    } else if (colon != rest.npos) {
        into.host = first_of(rest, colon);
        port = after(rest, colon + 1);
        if (into.host.find(':') != into.host.npos) {
            return refuse("is an IPv6 address without brackets");
        }
    }
    if (into.host.empty()) {
        return refuse("has no address before its port");
    }
    if (!std::all_of(into.host.begin(), into.host.end(), is_address_character)) {
        return refuse("has a name in it, and names are not looked up");
    }
    const auto number = whole_number(port);
    if (!number || *number == 0 || *number > 65535) {
        return refuse("has no port between 1 and 65535");
    }
    into.port = static_cast<std::uint16_t>(*number);
    return true;
}

}  // namespace lastcall::core
