// The accounting: a record of exchanges becomes numbers. Pure, so that a recorded run can
// be counted again.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "drill/record/ruling.hpp"
#include "drill/record/run_record.hpp"

namespace lastcall::drill {

/// Exchanges by outcome and by where they lay with respect to the signal.
class counts {
public:
    void add(outcome result, timing when, std::uint64_t how_many = 1) noexcept {
        table_[static_cast<std::size_t>(result)][static_cast<std::size_t>(when)] += how_many;
    }
    void add(const counts& other) noexcept;

    [[nodiscard]] std::uint64_t of(outcome result, timing when) const noexcept {
        return table_[static_cast<std::size_t>(result)][static_cast<std::size_t>(when)];
    }

    [[nodiscard]] std::uint64_t of(outcome result) const noexcept;
    [[nodiscard]] std::uint64_t of(timing when) const noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;

private:
    std::array<std::array<std::uint64_t, 3>, outcome_count> table_{};
};

struct lane_counts {
    std::string_view lane;
    counts by_outcome;
    std::uint64_t lost = 0;
    std::uint64_t at_risk = 0;  ///< sent, and in flight at the signal or sent after it
};

struct tally {
    counts all;
    std::vector<lane_counts> lanes;  ///< in the order of their first exchange
    std::array<std::uint64_t, ruling_count> rulings{};
    std::uint64_t lost = 0;          ///< ruled `lost`
    std::uint64_t lost_before = 0;   ///< of those: over, or hopeless, when the stop began
    std::uint64_t lost_at_risk = 0;  ///< of those: in flight then, or sent after it
    std::uint64_t unknown = 0;       ///< ruled `ours`: the run is not conclusive
    std::uint64_t at_risk = 0;       ///< in flight when the stop began, sent after it, or lost then
    std::int64_t last_response_ns = 0;  ///< last byte of the last HTTP response that was whole
    std::int64_t last_any_ns = 0;       ///< the same, WebSocket messages and closes included
    std::uint64_t quiet_fin = 0;        ///< idle connections the server closed after the signal
    std::uint64_t quiet_reset = 0;      ///< and those that were reset

    void add(const tally& other);
};

[[nodiscard]] tally count(const trial_record& trial, const expectations& expected);

/// With none of `n` lost, the share that is lost is below this with 95 % confidence: the
/// exact bound, 1 - 0.05^(1/n), about 3/n. 1 for n = 0: nothing was seen.
[[nodiscard]] double upper_bound_95(std::uint64_t n) noexcept;

/// A value of a sorted list at `share` of its length (0.5: the median); 0 when it is empty.
[[nodiscard]] double quantile(const std::vector<double>& sorted, double share) noexcept;

}  // namespace lastcall::drill
