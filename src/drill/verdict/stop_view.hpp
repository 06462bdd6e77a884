// One stop as the criteria look at it: the moments that they count from, and every exchange
// that was at risk, with its ruling.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "drill/record/ruling.hpp"
#include "drill/record/run_record.hpp"
#include "drill/record/tally.hpp"

namespace lastcall::drill {

/// Which promise an exchange that was not over when the stop began belongs to.
enum class risk : std::uint8_t {
    in_flight,       ///< sent before the signal
    on_open,         ///< sent after it, on a connection that was there or had served before
    new_connection,  ///< the first of a connection that was begun during the stop
};

/// What had become of the process when an exchange ended.
enum class fate : std::uint8_t {
    lived,   ///< it ran, or exited by itself
    killed,  ///< SIGKILL at the end of the grace
    died,    ///< of another signal
};

struct risky_exchange {
    const exchange* one;
    ruling ruled;
    risk what;
    fate of = fate::lived;

    /// Whether it is one of the requests at risk: it was sent, or was lost without that, and
    /// what became of it is the service's doing. The same number everywhere.
    [[nodiscard]] bool counts() const noexcept {
        return ruled == ruling::lost || (ruled != ruling::ours && one->sent_ns != 0);
    }
};

struct stop_view {
    stop_view(const trial_record& of, const expectations& expected);

    [[nodiscard]] std::int64_t at(mark which) const noexcept { return trial->marks[which]; }

    /// Whether the service closed its listener. The kernel does it for one that dies of a
    /// signal, and may be seen to do so a moment before the exit is.
    [[nodiscard]] bool closed_its_listener() const noexcept;

    const trial_record* trial;
    tally counted;
    /// The platform's decision: the delete of Kubernetes, else the signal; 0: none came.
    std::int64_t begun_ns;
    /// When the service was told; the decision where no signal was sent.
    std::int64_t told_ns;
    std::vector<risky_exchange> at_risk;
    std::array<std::uint64_t, outcome_count> lost_by{};  ///< of at_risk, those ruled lost
    std::uint64_t lost = 0;                              ///< their sum
    std::uint64_t lost_before = 0;  ///< over when the stop began: the baseline is not healthy
    std::vector<std::string_view> stalled;  ///< lanes that stood still already then
    std::uint64_t idle_races = 0;           ///< since the stop began
    std::uint64_t ambiguous = 0;
};

}  // namespace lastcall::drill
