// Two runs side by side: what got better, what got worse.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

/// What a comparison needs of a run; read from its JSON report.
struct run_summary {
    std::string file;
    std::string sequence, subject;
    standing overall = standing::inconclusive;
    std::vector<criterion> criteria;
    std::uint64_t at_risk = 0;
    std::uint64_t lost = 0;
    double exit_ms = 0;  ///< median of the trials
    double last_response_ms = 0;
    double latency_p99_ms = 0;  ///< before the signal
    double grace_ms = 0;
    std::vector<std::string> lanes;  ///< "pool 40", sorted: the load
};

/// Errors: std::runtime_error with the file and the reason (no report, another version).
[[nodiscard]] run_summary read_summary(const std::filesystem::path& json);

struct comparison {
    std::vector<std::string> worse, better, same;  ///< sentences
    std::vector<std::string> remarks;              ///< what was not the same in the two runs
    /// 0 nothing got worse, 3 something did, 4 one of them is inconclusive.
    [[nodiscard]] int exit_status() const noexcept;
    bool is_conclusive = true;
};

/// A share of losses is worse when the 95 % bounds of the two do not overlap; a duration
/// when it is longer by a fifth and by 50 ms at least. Latencies of different loads are not
/// compared.
[[nodiscard]] comparison compare(const run_summary& before, const run_summary& after);

}  // namespace lastcall::drill
