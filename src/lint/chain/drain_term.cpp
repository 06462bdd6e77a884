#include "lint/chain/drain_term.hpp"

#include <algorithm>

#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {

std::optional<budget_term> drain_term(const launch_chain& chain, const line_index& lines,
                                      const std::function<kept_place(place)>& keep) {
    const auto all = needed_times(chain, lines);
    const auto longest = std::max_element(
        all.begin(), all.end(),
        [](const needed_time& a, const needed_time& b) { return a.limit < b.limit; });
    if (longest == all.end()) {
        return std::nullopt;
    }
    return budget_term{
        longest->limit, longest->setting,
        longest->file.empty() ? keep(longest->at) : kept_place{longest->file, longest->at, {}}};
}

}  // namespace lastcall::lint
