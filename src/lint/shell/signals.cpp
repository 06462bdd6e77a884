#include "lint/shell/signals.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace lastcall::lint::shell {
namespace {

constexpr std::array<std::string_view, 32> signal_names = {
    "EXIT", "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
    "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"};

constexpr std::array<std::string_view, 3> of_bash = {"ERR", "DEBUG", "RETURN"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> other_names = {
    {{"IOT", "ABRT"}, {"CLD", "CHLD"}, {"POLL", "IO"}, {"UNUSED", "SYS"}}};

}  // namespace

std::optional<std::string_view> signal_name(std::string_view text) {
    std::size_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (!text.empty() && error == std::errc() && last == end) {
        return number < signal_names.size() ? std::optional(signal_names[number]) : std::nullopt;
    }
    std::string upper(text.substr(0, 20));
    for (char& one : upper) {
        one = one >= 'a' && one <= 'z' ? static_cast<char>(one - 'a' + 'A') : one;
    }
    std::string_view name = upper;
    if (name.starts_with("SIG")) {
        name.remove_prefix(3);
    }
    if (name.starts_with("RTMIN") || name.starts_with("RTMAX")) {
        return text.substr(text.size() - name.size());
    }
    const auto find_in = [&](const auto& names) -> std::optional<std::string_view> {
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? std::nullopt : std::optional(*found);
    };
    if (const auto found = find_in(signal_names)) {
        return found;
    }
    const auto second = std::find_if(other_names.begin(), other_names.end(),
                                     [&](const auto& one) { return one.first == name; });
    return second != other_names.end() ? std::optional(second->second) : find_in(of_bash);
}

int signal_number(std::string_view name) {
    const auto found = std::find(signal_names.begin(), signal_names.end(), name);
    return found == signal_names.end() ? 0 : static_cast<int>(found - signal_names.begin());
}

}  // namespace lastcall::lint::shell
