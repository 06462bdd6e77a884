// Which rows belong to the last end of a service.
#pragma once

#include <string>
#include <vector>

#include "agent/story/facts.hpp"

namespace lastcall::agent::story {

/// Pointers into the rows that it was made from; nullptr: there is no such row.
struct last_end {
    const journal_row* started = nullptr;
    const journal_row* ready = nullptr;
    const journal_row* asked = nullptr;            ///< stop_asked
    const journal_row* deploy = nullptr;           ///< deploy_asked of the deploy that replaced it
    const journal_row* undone = nullptr;           ///< deploy_state in which that went back
    const journal_row* exited = nullptr;           ///< nullptr: it is still stopping
    std::vector<const journal_row*> reports;       ///< stop_report
    std::vector<const journal_row*> agent_starts;  ///< between the stop and the exit
    std::vector<const journal_row*> after;         ///< what was done about it

    [[nodiscard]] bool was_there() const noexcept { return asked != nullptr || exited != nullptr; }
    [[nodiscard]] std::int64_t generation() const noexcept;
    /// Where the stop began.
    [[nodiscard]] const journal_row& began() const noexcept { return asked ? *asked : *exited; }
};

[[nodiscard]] last_end find_last_end(const rows& all, const std::string& service);

}  // namespace lastcall::agent::story
