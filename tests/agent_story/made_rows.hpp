// Rows made by hand: a clock that goes on by what a test says.
#pragma once

#include <string>
#include <utility>

#include "agent/story/facts.hpp"
#include "agent/story/words.hpp"

namespace lastcall::agent::story::testing {

using nlohmann::json;
using std::chrono::milliseconds;

inline const actor alice{actor::kind::user, "alice", 1000, 4242};
inline const actor bob{actor::kind::user, "bob", 1001, 4243};
inline const actor system_actor{};

/// An hour ahead of UTC.
inline const zone cet = [](nanoseconds) { return local_offset{std::chrono::hours(1), "CET"}; };

/// 2026-11-21 12:00:00 UTC.
inline constexpr nanoseconds noon = std::chrono::seconds(1'795'262'400);

class made_rows {
public:
    made_rows& pass(milliseconds time) {
        now_ += time;
        return *this;
    }
    made_rows& boot_again() {
        boot_ = "boot-2";
        booted_ = now_;
        return *this;
    }
    made_rows& of(std::string service, std::int64_t generation = 0, std::int64_t deploy = 0) {
        service_ = std::move(service);
        generation_ = generation;
        deploy_ = deploy;
        return *this;
    }
    made_rows& add(std::string kind, json fields = json::object(), actor who = system_actor) {
        journal_row row;
        row.number = static_cast<std::int64_t>(rows_.size()) + 1;
        row.at = now_;
        row.since_boot = now_ - booted_;
        row.boot = boot_;
        row.kind = std::move(kind);
        row.service = service_;
        row.generation = generation_;
        row.deploy = deploy_;
        row.who = std::move(who);
        row.fields = std::move(fields);
        rows_.push_back(std::move(row));
        return *this;
    }
    [[nodiscard]] const rows& all() const { return rows_; }

private:
    nanoseconds now_ = noon, booted_ = noon - std::chrono::hours(24);
    std::string boot_ = "boot-1", service_;
    std::int64_t generation_ = 0, deploy_ = 0;
    rows rows_;
};

/// As lastcall-init leaves it after a stop in order. docs/keeper.md
inline json last_line() {
    return json::parse(R"({"schema":1,"program":"lastcall-init","cause":"signal",
        "sender":{"signal":"SIGTERM","pid":812,"uid":0,"from":"process","command":"lastcall-keeper"},
        "stop_signals":1,"main":{"pid":99,"command":"node","status":0},"ran_ms":11520000.5,
        "ready_ms":340,"stop_ms":2310.25,"grace_ms":30000,"grace_source":"--grace",
        "reserve_ms":1500,"phases":{"announcing_ms":200,"stopping_main_ms":2100,
        "stopping_rest_ms":10.25},"reaped":1,"killed":[],"killed_count":0,"left":0,
        "oom_kills":0,"exit":0})");
}

/// A deploy of "web" from 6 to 7 with the states that are named, 100 ms each.
inline void add_deploy(made_rows& made, std::int64_t deploy,
                       const std::vector<std::pair<std::string, std::string>>& states) {
    made.of("web", 7, deploy)
        .add("deploy_asked",
             {{"from", 6},
              {"to", 7},
              {"command", {"node", "server v2.js"}},
              {"digest", "sha256:4f1c20ab9d31e5aa"},
              {"note", "faster"}},
             alice);
    std::string before;
    for (const auto& [state, reason] : states) {
        made.add("deploy_state",
                 {{"state", state}, {"before", before}, {"from", 6}, {"to", 7}, {"reason", reason}})
            .pass(milliseconds(100));
        before = state;
    }
}

}  // namespace lastcall::agent::story::testing
