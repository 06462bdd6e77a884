// `lastcall history`: what was deployed and what has stopped, a line each.
#pragma once

#include <optional>
#include <string>

#include "agent/story/facts.hpp"
#include "agent/story/words.hpp"

namespace lastcall::agent::story {

struct history_entry {
    enum class kind : std::uint8_t {
        deploy,
        rollback,  ///< a deploy of what ran before
        stop,      ///< of a service, because somebody asked
        end,       ///< of a service, and nobody asked
        summary,   ///< of rows that are not there any more
        upgrade,   ///< of lastcall itself
    } what = kind::deploy;
    std::int64_t row = 0;     ///< where it begins
    std::int64_t deploy = 0;  ///< 0: none
    std::string service;
    nanoseconds at{0};  ///< since 1970
    std::string who;
    std::int64_t from = 0, to = 0;  ///< generations; 0: none
    std::string outcome;            ///< "done", "rolled_back", "under way: baking", "exited with 0"
    std::string reason;
    bool is_good = true;
    std::optional<nanoseconds> lasted;
    std::string command, digest, note;
};
[[nodiscard]] std::string_view to_string(history_entry::kind value) noexcept;

/// `all`  in the order of their numbers, of one service or of all
/// Returns: the oldest first.
[[nodiscard]] std::vector<history_entry> history_of(const rows& all);

/// A table, the newest first, and what to say when there is none.
[[nodiscard]] std::string history_text(const std::vector<history_entry>& entries, const zone& where,
                                       bool with_service);
/// {"schema":1,"entries":[…]}, the newest first.
[[nodiscard]] nlohmann::json history_json(const std::vector<history_entry>& entries);

}  // namespace lastcall::agent::story
