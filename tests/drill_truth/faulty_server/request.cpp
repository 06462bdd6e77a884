#include "request.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace faulty {
namespace {

std::string lower(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(),
                   [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
    return made;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

template <class Number>
Number number(std::string_view text) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void take_field(std::string_view line, request& into) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
        return;
    }
    const auto name = lower(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (name == "content-length") {
        into.body_length = number<std::size_t>(value);
    } else if (name == "expect") {
        into.expects_continue = lower(value) == "100-continue";
    } else if (name == "connection") {
        into.wants_close = lower(value).find("close") != std::string::npos;
    } else if (name == "sec-websocket-key") {
        into.websocket_key = value;
    }
}

}  // namespace

std::optional<request> parse_head(std::string_view head) {
    auto end = head.find("\r\n");
    const auto first = head.substr(0, end);
    const auto space = first.find(' ');
    const auto second = first.find(' ', space + 1);
    if (space == std::string_view::npos || second == std::string_view::npos ||
        first.substr(second + 1).substr(0, 7) != "HTTP/1.") {
        return std::nullopt;
    }
    request made;
    made.method = first.substr(0, space);
    made.target = first.substr(space + 1, second - space - 1);
    made.path = made.target.substr(0, made.target.find('?'));
    made.wants_close = first.back() == '0';
    while (end != std::string_view::npos) {
        head.remove_prefix(end + 2);
        end = head.find("\r\n");
        take_field(head.substr(0, end), made);
    }
    return made;
}

long query_number(std::string_view target, std::string_view name) {
    const auto at = target.find(std::string(name) + "=");
    return at == std::string_view::npos ? 0 : number<long>(target.substr(at + name.size() + 1));
}

std::string id_of(std::string_view body) {
    const auto name = body.find("\"id\"");
    const auto begin = name == std::string_view::npos ? name : body.find('"', name + 4);
    const auto end = begin == std::string_view::npos ? begin : body.find('"', begin + 1);
    return std::string(end == std::string_view::npos ? body
                                                     : body.substr(begin + 1, end - begin - 1));
}

}  // namespace faulty
