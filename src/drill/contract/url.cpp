#include "drill/contract/url.hpp"

#include <algorithm>
#include <charconv>

namespace lastcall::drill {
namespace {

bool read_port(std::string_view text, std::uint16_t& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size() && into != 0;
}

/// Splits "host", "host:port" or "[v6]:port". Returns: false when it is none of them.
bool split_authority(std::string_view text, url_parts& into) {
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        into.host = text.substr(1, end - 1);
        const auto rest = text.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') {
            return false;
        }
        has_port = !rest.empty();
        port = has_port ? rest.substr(1) : rest;
    } else {
        const auto colon = text.find(':');
        has_port = colon != std::string_view::npos;
        into.host = text.substr(0, colon);
        port = has_port ? text.substr(colon + 1) : std::string_view{};
    }
    return !into.host.empty() && (!has_port || read_port(port, into.port));
}

}  // namespace

std::optional<url_parts> parse_url(std::string_view text, std::string& problem) {
    url_parts made;
    if (text.starts_with("http://")) {
        text.remove_prefix(7);
        made.port = 80;
    } else if (text.starts_with("https://")) {
        text.remove_prefix(8);
        made.port = 443;
        made.uses_tls = true;
    } else {
        problem = "begins with neither http:// nor https://";
        return std::nullopt;
    }
    const auto end = text.find_first_of("/?#");
    made.authority = text.substr(0, end);
    if (made.authority.find('@') != std::string::npos) {
        problem = "holds a user name, which is not supported";
        return std::nullopt;
    }
    if (!split_authority(made.authority, made)) {
        problem = "\"" + made.authority + "\" is no host with a port from 1 to 65535";
        return std::nullopt;
    }
    if (end != std::string_view::npos) {
        const auto rest = text.substr(end);
        made.target = rest.substr(0, rest.find('#'));
    }
    if (!made.target.starts_with('/')) {
        made.target.insert(0, 1, '/');
    }
    if (std::ranges::any_of(made.target, [](char c) { return c <= ' ' || c == 127; })) {
        problem = "holds a blank or a control character; write it as %20";
        return std::nullopt;
    }
    return made;
}

}  // namespace lastcall::drill
