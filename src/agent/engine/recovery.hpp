// What the journal says about what a former agent has left behind.
#pragma once

#include <optional>

#include "agent/engine/replacement.hpp"
#include "agent/journal/journal.hpp"

namespace lastcall::agent {

/// A deploy that was not over when the agent ended.
struct open_deploy {
    replacement_kind kind = replacement_kind::deploy;
    deploy_view view;
    core::deploy_terms terms;
    core::deploy_state state = core::deploy_state::planned;
    std::chrono::nanoseconds entered{0};  ///< CLOCK_BOOTTIME
    bool waits_for_person = false;
    bool is_approved = false;  ///< and the agent ended before it went on
};

struct recorded_service {
    bool is_wanted = true;
    std::int64_t current = 0;          ///< generation; 0: none yet
    std::int64_t last_generation = 0;  ///< the greatest number that was given away
    std::optional<open_deploy> open;
};

[[nodiscard]] recorded_service read_recorded(const journal* book, const std::string& service);

/// The greatest number of a deploy.
[[nodiscard]] std::int64_t last_deploy_number(const journal* book);

/// A deploy as its rows have it. Errors: refusal (not_found).
[[nodiscard]] deploy_view past_deploy(const journal* book, std::int64_t number);

/// Generations that were running when they were recorded last, in this boot.
struct left_generation {
    std::int64_t number = 0;
    int pid = 0;
    std::uint64_t start_time = 0;
    std::string digest;
};
[[nodiscard]] std::vector<left_generation> left_running(const journal* book,
                                                        const std::string& service,
                                                        const std::string& boot);

}  // namespace lastcall::agent
