// What one exchange counts as, under a policy: the class says what was seen, the ruling what
// that is worth at its time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

enum class ruling : std::uint8_t {
    fine,       ///< served, or told in time
    legal,      ///< not served, as HTTP allows; counted and shown
    expected,   ///< refused or turned away when nobody should have asked any more
    lost,       ///< the server's fault
    ambiguous,  ///< lost, or legal: the evidence does not tell
    ours,       ///< says nothing about the server
};

inline constexpr std::size_t ruling_count = 6;
[[nodiscard]] std::string_view to_string(ruling value) noexcept;

/// Rules over the exchanges of one trial.
class judge_of_exchanges {
public:
    judge_of_exchanges(const trial_record& trial, const expectations& expected);

    /// - `refused` is expected where the attempt began after the routes were withdrawn, and
    ///   the policy is `lb`: its load balancer is a moment late. Else it is lost.
    /// - `shed_503` is expected after the signal where shedding is fine; else lost.
    /// - So is any other 503, with or without Retry-After: `--shed ok` allows the status.
    /// - Lost after a second signal that is declared to force the end: expected.
    /// - `error_4xx` is fine where its lane had the same status before the signal; else lost.
    [[nodiscard]] ruling of(const exchange& one) const;

    /// Whether it was over when the stop began; or was never going to be answered: its lane had
    /// stood still for longer than any of its requests takes. Says nothing of the stop.
    [[nodiscard]] bool was_over(const exchange& one) const;

    /// The lanes that stood still when the stop began, by name.
    [[nodiscard]] const std::set<std::string_view>& stalled() const noexcept { return stalled_; }

private:
    [[nodiscard]] ruling by_class(const exchange& one) const;
    void find_stalled(const trial_record& trial);

    std::int64_t begun_ns_;
    std::int64_t signal_ns_;
    std::int64_t withdrawn_ns_;
    policy policy_;
    bool shedding_is_fine_;
    std::int64_t forced_ns_;  // a second signal was to end it at once; 0: none
    std::set<std::string_view> stalled_;
    std::set<std::pair<std::string_view, int>> usual_4xx_;  // lane and status, before the signal
};

}  // namespace lastcall::drill
