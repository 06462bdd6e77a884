#include "lint/unit/unit_values.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "lint/text/mapped_text.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::lint {

std::optional<std::chrono::microseconds> unit_time_span(std::string_view text) {
    return core::read_systemd_time(text);
}

std::optional<bool> unit_boolean(std::string_view text) {
    static constexpr std::array<std::string_view, 6> yes{"1", "yes", "y", "true", "t", "on"};
    static constexpr std::array<std::string_view, 6> no{"0", "no", "n", "false", "f", "off"};
    const auto small = lower(text.substr(0, 8));
    for (std::size_t i = 0; i < yes.size(); ++i) {
        if (small == yes[i] || small == no[i]) {
            return small == yes[i];
        }
    }
    return std::nullopt;
}

std::optional<int> unit_signal(std::string_view text) {
    const bool has_small =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    const int number = has_small ? 0 : sys::signal_number(text);
    return number == 0 ? std::nullopt : std::optional(number);
}

}  // namespace lastcall::lint
