#include "agent/story/query.hpp"

#include <algorithm>

namespace lastcall::agent::story {

journal_query story_query() {
    journal_query query;
    query.kinds = {"agent_started", "deploy_asked",       "deploy_state",     "approval",
                   "rejection",     "generation_started", "generation_ready", "generation_exited",
                   "stop_asked",    "stop_report",        "restart_planned",  "crash_loop",
                   "summary"};
    query.most = 20'000;
    query.newest_first = true;
    return query;
}

rows for_story(rows newest_first, const std::string& service) {
    std::reverse(newest_first.begin(), newest_first.end());
    std::erase_if(newest_first, [&](const journal_row& row) {
        return !service.empty() && !row.service.empty() && row.service != service;
    });
    return newest_first;
}

}  // namespace lastcall::agent::story
