#include "lint/launch/node_source.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "lint/text/line_index.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view setting = "keepAliveTimeout";

bool is_comment(std::string_view line) {
    const auto text = trimmed(line);
    return text.starts_with("//") || text.starts_with('*') || text.starts_with("/*");
}

/// Of "server.keepAliveTimeout = 5;" the "5"; empty: nothing is given to it.
std::string_view value_behind(std::string_view line, std::size_t at) {
    auto rest = trimmed(line.substr(at + setting.size()));
    if (rest.empty() || (rest.front() != '=' && rest.front() != ':') || rest.starts_with("==")) {
        return {};
    }
    rest = rest.substr(1);
    const auto comment = std::min(rest.find("//"), rest.find("/*"));
    rest = rest.substr(0, comment);
    return trimmed(rest.substr(0, rest.find_first_of(",;})")));
}

}  // namespace

std::optional<milliseconds> product_of_numbers(std::string_view expression) {
    constexpr std::int64_t most = 1'000'000'000;
    std::int64_t product = 1;
    for (bool is_last = false; !is_last;) {
        const auto star = expression.find('*');
        is_last = star == expression.npos;
        std::string digits(trimmed(expression.substr(0, star)));
        digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
        std::int64_t factor = 0;
        const auto* const end = digits.data() + digits.size();
        const auto [rest, error] = std::from_chars(digits.data(), end, factor);
        if (error != std::errc{} || rest != end || factor < 0 ||
            (product > 0 && factor > most / product)) {
            return std::nullopt;
        }
        product *= factor;
        expression = is_last ? expression : expression.substr(star + 1);
    }
    return milliseconds(product);
}

std::optional<found_keep_alive> keep_alive_in_source(std::string_view text) {
    std::optional<found_keep_alive> made;
    bool is_named = false;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto line = text.substr(begin, end - begin);
        const auto at = is_comment(line) ? line.npos : line.find(setting);
        if (at != line.npos) {
            if (is_named || line.find(setting, at + setting.size()) != line.npos) {
                return std::nullopt;
            }
            is_named = true;
            const auto value = value_behind(line, at);
            if (const auto time = product_of_numbers(value)) {
                const auto offset = static_cast<std::size_t>(value.data() - text.data());
                made = found_keep_alive{*time, line_index(text).at(offset, value.size())};
            }
        }
        begin = end + 1;
    }
    return made;
}

}  // namespace lastcall::lint
