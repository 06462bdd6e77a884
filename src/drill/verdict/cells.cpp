// What became of the connections in each state.
#include <algorithm>
#include <set>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/statistics.hpp"

namespace lastcall::drill {
namespace {

/// Nobody waits in the accept queue when the routes were withdrawn before the signal; and a
/// sweep gives what was written last the time to be taken and answered.
bool can_be_in(cell where, const trial_record& trial) noexcept {
    const auto withdrawn = trial.marks[mark::routes_withdrawn];
    if (where == cell::queued && withdrawn != 0 && withdrawn < trial.marks[mark::signal_sent]) {
        return false;
    }
    const bool is_passing =
        where == cell::queued || where == cell::pipelined || where == cell::waiting;
    return !is_passing || trial.sweep_offset_ns == 0;
}

}  // namespace

std::vector<cell_result> cells_of(const judged_run& of) {
    std::vector<cell_result> made;
    for (const auto where : all_cells()) {
        if (where == cell::none) {
            continue;
        }
        const auto place = static_cast<std::size_t>(where);
        cell_result one;
        one.where = where;
        std::uint64_t all_asked = 0;
        bool can_be = of.stops.empty();
        for (const auto& stop : of.stops) {
            if (can_be_in(where, *stop.trial)) {
                can_be = true;
                one.wanted += of.run.expected.samples_per_cell;
            }
            one.seen += stop.trial->in_cell[place];
            std::set<std::uint32_t> asked;  // connections: each can carry more than one request
            std::set<std::uint32_t> lost;
            for (const auto& risky : stop.at_risk) {
                if (risky.one->at_signal == where) {
                    ++one.outcomes[static_cast<std::size_t>(risky.one->result)];
                    asked.insert(risky.one->connection);
                    if (risky.ruled == ruling::lost) {
                        lost.insert(risky.one->connection);
                    }
                }
            }
            all_asked += asked.size();
            one.lost += lost.size();
            for (const auto& quiet : stop.trial->connections) {
                if (quiet.at_signal == where) {
                    ++one.quiet_ends[static_cast<std::size_t>(quiet.how)];
                }
            }
        }
        one.is_reachable = of.run.reachable[place] && can_be;
        one.upper_bound = upper_bound_95(one.lost, std::max(one.seen, all_asked));
        made.push_back(one);
    }
    return made;
}

}  // namespace lastcall::drill
