// Server-sent events (WHATWG HTML, "Server-sent events"): rows of the journal as they are
// written, each once and in order.
//
// A follower is a position in the journal and no queue: it reads on from there whenever its
// client has taken what was sent, from the last rows, which are kept as text for all, or from
// the journal. So a client that reads slowly costs one batch, and none costs nothing.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <lastcall/http.hpp>

#include "agent/commands.hpp"

namespace lastcall::agent {

struct event_filter {
    std::string service;             ///< empty: all
    std::vector<std::string> kinds;  ///< empty: all
};

class event_follower;

class event_hub {
public:
    explicit event_hub(commands& of) : commands_(of) {}

    /// A new row. Threads: any, one at a time and in the order of the numbers.
    void note(const journal_row& row);

    void add(const std::shared_ptr<event_follower>& one);
    void remove(const std::shared_ptr<event_follower>& one);
    [[nodiscard]] std::size_t followers() const;

    /// What follows `position`, as the text of events, and moves it behind what was looked at.
    /// Empty: there is nothing yet. Threads: any.
    [[nodiscard]] std::string read(std::int64_t& position, const event_filter& filter);

private:
    struct event {
        std::int64_t number;
        std::string service;
        std::string kind;
        std::string text;
    };

    commands& commands_;
    mutable std::mutex mutex_;
    std::set<std::shared_ptr<event_follower>> followers_;
    std::deque<event> latest_;  ///< without gaps; empty while nobody follows
    std::int64_t newest_ = 0;   ///< number of the last row that was noted
};

struct event_timing {
    std::chrono::milliseconds heartbeat{15'000};
};

/// Answers with `head` and events from behind `position` on, until its client leaves or the server
/// drains. A client that takes nothing from one heartbeat to the next but one is dropped, with a
/// last event that says so.
void follow_events(http::exchange from, http::response head, event_hub& hub, event_filter filter,
                   std::int64_t position, event_timing timing);

}  // namespace lastcall::agent
