#include "drill/sequence/time_span.hpp"

#include "core/systemd_time.hpp"

namespace lastcall::drill {

std::optional<std::chrono::nanoseconds> read_time_span(std::string_view text) {
    constexpr auto longest = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::nanoseconds::max());  // of nanoseconds in 64 bits
    const auto span = core::read_systemd_time(text);
    if (!span) {
        return std::nullopt;
    }
    return *span >= longest ? std::chrono::nanoseconds::max() : std::chrono::nanoseconds(*span);
}

}  // namespace lastcall::drill
