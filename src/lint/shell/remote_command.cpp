#include "lint/shell/remote_command.hpp"

#include "lint/shell/shebang.hpp"

namespace lastcall::lint::shell {
namespace {

/// The letters of its options that take a value.
constexpr std::string_view letters_with_value = "BbcDEeFIiJLlmOoPpQRSWw";

/// -p 22: the value is the next word.
bool takes_next_word(std::string_view option) {
    const auto at = option.find_first_of(letters_with_value, 1);
    return at != option.npos && at + 1 == option.size();
}

}  // namespace

std::size_t remote_command_of(const std::vector<argument>& arguments, std::size_t ssh) {
    bool has_destination = false;
    for (std::size_t i = ssh + 1; i < arguments.size(); ++i) {
        const argument& one = arguments[i];
        if (one.is_known() && one.what.text.size() > 1 && one.what.text[0] == '-') {
            i += takes_next_word(one.what.text) ? 1U : 0U;
        } else if (has_destination) {
            return i;
        } else {
            has_destination = true;
        }
    }
    return invocation::none;
}

bool is_lone_shell(const std::vector<argument>& arguments, std::size_t begin) {
    std::string text;
    for (auto i = begin; i < arguments.size(); ++i) {
        text += (text.empty() ? "" : " ") + arguments[i].what.text;
        if (!arguments[i].is_known()) {
            return false;
        }
    }
    const auto end = text.find(' ');
    if (dialect_of(base_name(text.substr(0, end))) == dialect::other) {
        return false;
    }
    for (auto at = end; at != text.npos; at = text.find(' ', at + 1)) {
        if (text.substr(at + 1, 1) != "-" || text.find('c', at) < text.find(' ', at + 1)) {
            return false;
        }
    }
    return true;
}

}  // namespace lastcall::lint::shell
