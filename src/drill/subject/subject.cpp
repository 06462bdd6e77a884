#include "drill/subject/subject.hpp"

#include "sys/signal/signal_names.hpp"

namespace lastcall::drill {

std::optional<int> signal_number(std::string_view text) {
    const int number = sys::signal_number(text);
    return number > 0 ? std::optional(number) : std::nullopt;
}

std::string signal_name(int number) {
    const auto name = sys::signal_name(number);
    return name.empty() ? "signal " + std::to_string(number) : std::string(name);
}

}  // namespace lastcall::drill
