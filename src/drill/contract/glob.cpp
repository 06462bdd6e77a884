#include "drill/contract/glob.hpp"

namespace lastcall::drill {

bool matches(std::string_view text, std::string_view pattern) noexcept {
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    auto star = std::string_view::npos;  // the last one in the pattern
    std::size_t taken = 0;               // up to where it has taken the text
    while (at < text.size()) {
        const bool fits = in_pattern < pattern.size() &&
                          (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at]);
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            taken = at;
        } else if (fits) {
            ++at;
            ++in_pattern;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++taken;
        } else {
            return false;
        }
    }
    while (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
        ++in_pattern;
    }
    return in_pattern == pattern.size();
}

}  // namespace lastcall::drill
