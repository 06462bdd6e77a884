// What /metrics says: https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "agent/view.hpp"

namespace lastcall::agent {

/// A deploy of a service whose current generation is ready does not make it unready.
[[nodiscard]] bool is_ready(const service_view& service);

/// Counted from the start of the agent on. Threads: any.
class tally {
public:
    /// Bounds of the histogram of stops, in seconds.
    static constexpr std::array stop_bounds{0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0};

    /// A row of the journal as it is written: the end of a deploy or of a stop is counted.
    void note(const journal_row& row);
    /// Those that this agent has written before `note` was told of any; in their order. What is
    /// in both is counted once.
    void catch_up(const std::vector<journal_row>& rows);
    /// An answer of the API.
    void note_answer(unsigned status);

    struct histogram {
        std::array<std::uint64_t, stop_bounds.size()> within{};  ///< not cumulative
        std::uint64_t count = 0;
        double sum = 0;
    };
    struct numbers {
        std::map<std::pair<std::string, std::string>, std::uint64_t> deploys;  ///< service, outcome
        std::map<std::string, histogram> stops;                                ///< by service
        std::map<unsigned, std::uint64_t> answers;                             ///< by status
    };
    [[nodiscard]] numbers read() const;

private:
    void count(const journal_row& row);
    void add_stop(const std::string& service, double seconds);

    mutable std::mutex mutex_;
    numbers numbers_;
    std::int64_t first_live_ = 0;  ///< number of the first row that `note` has counted
    std::int64_t caught_up_ = 0;
};

/// What only the API knows.
struct metric_facts {
    std::int64_t journal_rows = 0;
    std::uint64_t journal_bytes = 0;
    std::size_t followers = 0;
};

[[nodiscard]] std::string metrics_text(const agent_view& view, const tally::numbers& counted,
                                       const metric_facts& facts);

}  // namespace lastcall::agent
