#include "wire/stop_value.hpp"

#include <algorithm>

namespace lastcall::wire {
namespace {

using std::chrono::milliseconds;

constexpr int time_bits = 48;
constexpr std::uint64_t magic = 0x1c57;  // in the upper bits; no pointer of user space has it
constexpr std::int64_t latest = (std::int64_t{1} << time_bits) - 1;
constexpr milliseconds farthest = std::chrono::hours(24);

}  // namespace

std::uint64_t encode_stop_value(milliseconds deadline) noexcept {
    const auto ms = std::clamp<std::int64_t>(deadline.count(), 0, latest);
    return magic << time_bits | static_cast<std::uint64_t>(ms);
}

std::optional<milliseconds> decode_stop_value(std::uint64_t value) noexcept {
    if (value >> time_bits != magic) {
        return std::nullopt;
    }
    return milliseconds(static_cast<std::int64_t>(value & static_cast<std::uint64_t>(latest)));
}

std::optional<milliseconds> plausible_stop_value(std::uint64_t value, milliseconds now) noexcept {
    const auto at = decode_stop_value(value);
    const bool is_near = at && *at <= now + farthest && *at >= now - farthest;
    return is_near ? at : std::nullopt;
}

}  // namespace lastcall::wire
