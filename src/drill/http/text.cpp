#include "drill/http/text.hpp"

#include <algorithm>
#include <charconv>

namespace lastcall::drill {
namespace {

char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

bool has_token(std::string_view list, std::string_view token) noexcept {
    for (;;) {
        const auto comma = list.find(',');
        if (equals_ignoring_case(trimmed(list.substr(0, comma)), token)) {
            return true;
        }
        if (comma == std::string_view::npos) {
            return false;
        }
        list.remove_prefix(comma + 1);
    }
}

bool last_token_is(std::string_view list, std::string_view token) noexcept {
    const auto comma = list.rfind(',');
    const auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
    return equals_ignoring_case(trimmed(last), token);
}

bool parse_number(std::string_view text, std::uint64_t& into) noexcept {
    const char* const last = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), last, into);
    return parsed.ec == std::errc{} && parsed.ptr == last;
}

}  // namespace lastcall::drill
