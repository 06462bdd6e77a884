#include "adapters/redis/endpoint.hpp"

#include <charconv>
#include <limits>
#include <stdexcept>

#include "adapters/redis/tls.hpp"

namespace lastcall::redis {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw std::invalid_argument("redis url: " + why +
                                "; expected redis://[[user]:password@]host[:port][/db], "
                                "rediss://...[?ca=FILE] or unix:///path[?db=n]");
}

template <class Number>
Number number(std::string_view text, std::string_view what) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        refuse(std::string(what) + " '" + std::string(text) + "' is not a number in range");
    }
    return value;
}

std::string decode(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        unsigned code = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) {
            refuse("a % is not followed by two hexadecimal digits");
        }
        plain += static_cast<char>(code);
        i += 2;
    }
    return plain;
}

endpoint parse_unix(std::string_view rest) {
    endpoint to;
    if (const auto query = rest.find('?'); query != rest.npos) {
        const std::string_view setting = rest.substr(query + 1);
        if (!setting.starts_with("db=")) {
            refuse("only ?db=n may follow a path");
        }
        to.database = number<unsigned>(setting.substr(3), "database");
        rest = rest.substr(0, query);
    }
    to.path = decode(rest);
    if (!to.path.starts_with('/')) {
        refuse("the path of a unix socket must be absolute");
    }
    return to;
}

std::string parse_ca(std::string_view setting) {
    if (!setting.starts_with("ca=") || setting.size() == 3) {
        refuse("only ?ca=FILE may follow");
    }
    return decode(setting.substr(3));
}

void parse_address(std::string_view address, endpoint& to) {
    std::string_view port;
    if (address.starts_with('[')) {
        const auto end = address.find(']');
        if (end == address.npos) {
            refuse("'[' without ']'");
        }
        to.host = address.substr(1, end - 1);
        port = address.substr(end + 1);
        if (!port.empty() && port.front() != ':') {
            refuse("only a port may follow ']'");
        }
    } else {
        const auto colon = address.find(':');
        to.host = address.substr(0, colon);
        port = colon == address.npos ? std::string_view{} : address.substr(colon);
    }
    if (to.host.empty()) {
        refuse("no host");
    }
    if (!port.empty()) {
        to.port = number<std::uint16_t>(port.substr(1), "port");
        if (to.port == 0) {
            refuse("port 0");
        }
    }
}

}  // namespace

std::string endpoint::display() const {
    if (!path.empty()) {
        return "unix://" + path;
    }
    const bool is_v6 = host.find(':') != host.npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

endpoint parse_endpoint(std::string_view url) {
    constexpr std::string_view tcp = "redis://";
    constexpr std::string_view encrypted = "rediss://";
    constexpr std::string_view local = "unix://";
    if (url.starts_with(local)) {
        return parse_unix(url.substr(local.size()));
    }
    const bool is_tls = url.starts_with(encrypted);
    if (!is_tls && !url.starts_with(tcp)) {
        refuse("it begins with none of redis://, rediss:// and unix://");
    }
    std::string_view rest = url.substr(is_tls ? encrypted.size() : tcp.size());
    endpoint to;
    std::string ca_file;
    if (const auto query = rest.find('?'); is_tls && query != rest.npos) {
        ca_file = parse_ca(rest.substr(query + 1));
        rest = rest.substr(0, query);
    }
    if (const auto at = rest.rfind('@'); at != rest.npos) {
        const std::string_view login = rest.substr(0, at);
        const auto colon = login.find(':');
        if (colon == login.npos) {
            refuse("a user without a password");
        }
        to.user = decode(login.substr(0, colon));
        to.password = decode(login.substr(colon + 1));
        rest = rest.substr(at + 1);
    }
    const auto slash = rest.find('/');
    parse_address(rest.substr(0, slash), to);
    if (slash != rest.npos && slash + 1 < rest.size()) {
        to.database = number<unsigned>(rest.substr(slash + 1), "database");
    }
    if (is_tls) {
        to.tls = std::make_shared<const tls_trust>(ca_file);
    }
    return to;
}

}  // namespace lastcall::redis
