// What a run is worth: the criteria V01 to V19, each with its number and its fix. Pure: the
// same record gives the same verdict, today and from the event log.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/record/tally.hpp"

namespace lastcall::drill {

enum class standing : std::uint8_t {
    pass,
    warn,  ///< allowed, and worth knowing
    fail,
    inconclusive,  ///< too little was seen to say
    not_asked,     ///< the settings or the sequence do not ask for it
};

[[nodiscard]] std::string_view to_string(standing value) noexcept;

struct criterion {
    std::string id;     ///< "V04"
    std::string title;  ///< "nothing in flight was lost"
    standing how = standing::not_asked;
    std::string measured;  ///< "0 of 412 at risk (95 %: below 0.73 %)"
    std::string why;       ///< of anything but a pass
    std::string fix;       ///< what to do; empty for a pass
};

/// What became of the connections that were in one cell at the signal, over all trials.
struct cell_result {
    cell where = cell::none;
    bool is_reachable = false;
    std::uint64_t seen = 0;    ///< connections that were in it
    std::uint64_t wanted = 0;  ///< samples_per_cell, times the trials
    std::uint64_t lost = 0;    ///< of them: a request of theirs was lost
    double upper_bound = 1;    ///< of the share that is lost, 95 %
    std::array<std::uint64_t, outcome_count> outcomes{};
    std::array<std::uint64_t, 4> quiet_ends{};  ///< by quiet_end, of those without a request
};

struct verdict {
    standing overall = standing::inconclusive;
    std::vector<criterion> criteria;  ///< V01 to V19, all of them
    std::vector<cell_result> cells;   ///< all cells but `none`
    tally totals;                     ///< of all trials together
    std::vector<std::string> inconclusive_because;

    /// 0 pass (also with warnings), 3 a criterion failed, 4 inconclusive.
    [[nodiscard]] int exit_status() const noexcept;
    [[nodiscard]] const criterion& of(std::string_view id) const;
};

/// `baseline`  an earlier run to compare with (V19); null: none
[[nodiscard]] verdict judge(const run_record& run, const run_record* baseline = nullptr);

}  // namespace lastcall::drill
