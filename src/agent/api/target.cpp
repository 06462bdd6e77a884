#include "agent/api/target.hpp"

#include <algorithm>
#include <charconv>

#include "agent/api/api_error.hpp"
#include "core/utf8.hpp"

namespace lastcall::agent {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string decode_part(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                refuse_request("the target has a '%' that two hexadecimal digits do not follow");
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            refuse_request("the target has a control character");
        }
        made += c;
    }
    for (std::string_view rest = made; !rest.empty();) {
        const std::size_t length = core::character_length(rest);
        if (length == 0) {
            refuse_request("the target is no UTF-8");
        }
        rest.remove_prefix(length);
    }
    return made;
}

std::string encode_part(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (const char c : text) {
        const bool is_letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
        if (is_letter || c == '-' || c == '.' || c == '_' || c == '~') {
            made += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            made.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
        }
    }
    return made;
}

std::optional<std::int64_t> read_whole(std::string_view text) noexcept {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    const bool is_good = error == std::errc{} && at == end && !text.starts_with('-');
    return is_good ? std::optional(number) : std::nullopt;
}

query_values::query_values(std::string_view query, std::initializer_list<std::string_view> known) {
    while (!query.empty()) {
        const std::string_view part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        const std::size_t equals = part.find('=');
        std::string name = decode_part(part.substr(0, equals));
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            std::string all;
            for (const std::string_view one : known) {
                all.append(all.empty() ? "" : ", ").append(one);
            }
            refuse_request("the query has \"" + name + "\", which is not known here",
                           all.empty() ? "this path takes no query" : "known are: " + all);
        }
        std::string value =
            equals == std::string_view::npos ? std::string() : decode_part(part.substr(equals + 1));
        if (!values_.emplace(name, std::move(value)).second) {
            refuse_request("the query has \"" + name + "\" twice");
        }
    }
}

std::string query_values::text(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
}

std::int64_t query_values::whole(const std::string& name, std::int64_t otherwise,
                                 std::int64_t least, std::int64_t most) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
        return otherwise;
    }
    const auto number = read_whole(found->second);
    if (!number || *number < least || *number > most) {
        refuse_request(name + "=" + found->second + ": it takes a whole number from " +
                       std::to_string(least) + " to " + std::to_string(most));
    }
    return *number;
}

bool query_values::truth(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second == "0" || found->second == "false") {
        return false;
    }
    if (found->second != "1" && found->second != "true") {
        refuse_request(name + "=" + found->second + ": it takes 0 or 1");
    }
    return true;
}

std::vector<std::string> query_values::list(const std::string& name) const {
    std::vector<std::string> made;
    const std::string all = text(name);
    for (std::string_view rest = all; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        if (!one.empty()) {
            made.emplace_back(one);
        }
    }
    return made;
}

}  // namespace lastcall::agent
