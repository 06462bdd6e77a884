// Faults of the stop, of long connections and of effects: the drill's counts against the
// server's books.
#include <gtest/gtest.h>

#include <algorithm>

#include "drill_truth/drill_run.hpp"

namespace lastcall::drill_truth {
namespace {

using nlohmann::json;

const std::vector<std::string> usual{"--load", "1s", "--grace", "8s", "--patience", "5s"};

std::vector<std::string> with(std::vector<std::string> more) {
    more.insert(more.begin(), usual.begin(), usual.end());
    return more;
}

std::uint64_t of(const std::map<std::string, std::uint64_t>& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
}

/// A message that crosses the end of its session shares the session's outcome.
std::uint64_t unanswered_messages(const drill_run& run) {
    std::uint64_t count = 0;
    for (const auto& [outcome, found] : run.outcomes("/feed", "ECHO")) {
        count += outcome == "ok" ? 0U : found;
    }
    return count;
}

std::uint64_t dropped_messages(const drill_run& run) {
    std::uint64_t count = 0;
    for (const auto& one : run.truth("websocket_dropped")) {
        count += one.at("messages").get<std::uint64_t>();
    }
    return count;
}

TEST(Drill, CountsEachWebSocketByTheWayItsServerEndedIt) {
    for (const auto& [fault, outcome] :
         {std::pair{"ws_1006", "ws_gone"}, std::pair{"ws_1011", "ws_error"}}) {
        for (int i = 0; i < runs(); ++i) {
            const drill_run run({fault,
                                 {"--fault", fault, "--every", "3"},
                                 "- {kind: websocket, clients: 12, get: /feed, every: 30ms}\n",
                                 usual});
            const auto sessions = run.outcomes("/feed", "GET");
            const auto struck = run.truth("websocket_end", fault).size();
            EXPECT_EQ(struck, 4U) << run.summary();
            EXPECT_EQ(of(sessions, outcome), struck) << run.summary();
            EXPECT_EQ(of(sessions, "ws_going_away"), run.truth("websocket_end", "none").size())
                << run.summary();
            EXPECT_EQ(unanswered_messages(run), dropped_messages(run)) << run.summary();
            EXPECT_EQ(run.criteria("fail"), (std::set<std::string>{"V04", "V13"})) << run.summary();
        }
    }
}

struct h2_fault {
    const char* fault;
    const char* outcome;          ///< of a stream that was there before the end
    const char* outcome_behind;   ///< of one that its client sent too late to know
    const char* outcome_of_idle;  ///< of a connection without a stream
};

/// What the server's books say of HTTP/2 connections that it ended.
struct h2_ends {
    std::uint64_t streams_behind = 0;
    std::uint64_t all = 0;
    std::uint64_t idle = 0;       ///< no stream was there
    std::uint64_t untouched = 0;  ///< none came too late either
};

h2_ends h2_ends_of(const drill_run& run) {
    h2_ends made;
    for (const auto& one : run.truth("h2_end")) {
        const bool is_idle = one.at("open_streams") == 0;
        ++made.all;
        made.streams_behind += one.at("streams_behind_fin").get<std::uint64_t>();
        made.idle += is_idle ? 1U : 0U;
        made.untouched += is_idle && one.at("streams_behind_fin") == 0 ? 1U : 0U;
    }
    return made;
}

/// A stream counts as GET, and a connection that ends without one as H2.
void expect_h2_counts(const drill_run& run, const h2_fault& one, std::uint64_t connections) {
    auto counts = run.outcomes("/work", "GET");
    EXPECT_EQ(of(counts, one.outcome), run.truth("request", one.fault).size()) << run.summary();
    EXPECT_EQ(of(counts, one.outcome_behind), h2_ends_of(run).streams_behind) << run.summary();
    EXPECT_EQ(of(run.outcomes("/work", "H2"), one.outcome_of_idle), connections) << run.summary();
    EXPECT_EQ(of(counts, "ok") + of(counts, "served_close"), run.truth("request", "none").size());
    for (const char* const known : {one.outcome, one.outcome_behind, "ok", "served_close"}) {
        counts.erase(known);
    }
    EXPECT_TRUE(counts.empty()) << run.summary();
}

TEST(Drill, CountsEachHttp2StreamThatTheStopLost) {
    for (const auto& one : {
             h2_fault{"no_goaway", "h2_no_goaway", "idle_race", "h2_no_goaway"},
             h2_fault{"goaway_error", "h2_goaway_error", "h2_unprocessed", "h2_goaway_error"},
             h2_fault{"h2_promised_lost", "h2_lost", "h2_unprocessed", "served_close"},
         }) {
        for (int i = 0; i < runs(); ++i) {
            const drill_run run({one.fault,
                                 {"--fault", one.fault, "--work-ms", "300"},
                                 "- {kind: h2, clients: 6, streams: 4, get: /work, takes: 300ms}\n",
                                 usual});
            EXPECT_GE(run.truth("request", one.fault).size(), 8U) << run.summary();
            const auto ends = h2_ends_of(run);
            // Without GOAWAY streams that come too late end with their connection; else
            // before it, and where each stream is reset all have ended before it.
            const std::string_view fault = one.fault;
            expect_h2_counts(run, one,
                             fault == "no_goaway"      ? ends.untouched
                             : fault == "goaway_error" ? ends.idle
                                                       : ends.all);
            EXPECT_EQ(run.status(), 3) << run.summary();
        }
    }
}

TEST(Drill, CountsEachConnectionThatWasDroppedInTheAcceptQueue) {
    for (int i = 0; i < runs(); ++i) {
        const drill_run run({"accept_queue_dropped",
                             {"--fault", "accept_queue_dropped"},
                             "- {kind: fresh, clients: 10, think: 5ms}\n",
                             with({"--route-lag", "500ms"})});
        const auto dropped = run.truth("queue_dropped").size();
        EXPECT_GE(dropped, 8U) << run.summary();
        EXPECT_EQ(of(run.outcomes("/"), "accept_dropped"), dropped) << run.summary();
        EXPECT_EQ(run.status(), 3) << run.summary();
    }
}

/// Also those that had a connection before: a new one that was not made carried nothing.
constexpr const char* new_connections = R"(
- {kind: fresh, clients: 10, think: 5ms}
- {kind: pool, clients: 4, think: 20ms, get: /work}
- {kind: websocket, clients: 4, get: /feed, every: 50ms}
- {kind: pipelined, clients: 4, get: /work, think: 20ms}
- {kind: h2, clients: 4, streams: 2, get: "/slow?ms=50", takes: 50ms}
)";

TEST(Drill, SeesThatTheListenerWasClosedBeforeTheRoutesWereGone) {
    for (int i = 0; i < runs(); ++i) {
        const drill_run run({"listener_closed_early",
                             {"--fault", "listener_closed_early"},
                             new_connections,
                             with({"--route-lag", "800ms"})});
        const auto closed = run.truth("listener_closed").at(0).at("at_ns").get<std::int64_t>();
        for (const char* const target : {"/", "/work", "/feed", "/slow?ms=50"}) {
            for (const auto& one : run.exchanges(target)) {
                if (one.at("was") == "refused") {
                    EXPECT_GT(one.at("end").get<std::int64_t>() + run.origin(), closed) << one;
                    EXPECT_EQ(one.value("nth", 0), 0) << one;
                }
            }
            EXPECT_GE(of(run.outcomes(target), "refused"), 4U) << target << run.summary();
        }
        EXPECT_EQ(run.criteria("fail"), (std::set<std::string>{"V05", "V09"})) << run.summary();
        EXPECT_EQ(run.status(), 3) << run.summary();
    }
}

/// What the server's books say of the connections that it ended while they were idle.
struct idle_ends {
    std::uint64_t all = 0;
    std::uint64_t before = 0;   ///< a request was there before the FIN: lost
    std::uint64_t between = 0;  ///< it came within the microsecond of the FIN
    std::uint64_t behind = 0;   ///< it came behind the FIN: its client could not know
};

idle_ends idle_ends_of(const drill_run& run) {
    idle_ends made;
    for (const auto& one : run.truth("idle_end")) {
        ++made.all;
        if (one.at("unread_before_fin") > 0) {
            ++made.before;
        } else if (one.at("unread_behind_fin") > 0) {
            ++made.between;
        } else if (one.at("bytes") > 0) {
            ++made.behind;
        }
    }
    return made;
}

TEST(Drill, TakesNoIdleCloseForALoss) {
    for (int i = 0; i < runs(); ++i) {
        const drill_run run({"idle_close",
                             {"--fault", "idle_close", "--every", "3", "--idle-for-ms", "3"},
                             "- {kind: pool, clients: 10, think: 20ms, get: /work}\n",
                             usual});
        EXPECT_GE(idle_ends_of(run).all, 30U) << run.summary();
        auto counts = run.outcomes("/work");
        for (const char* const fine :
             {"ok", "served_close", "not_sent_closed", "idle_race", "behind_close"}) {
            counts.erase(fine);
        }
        EXPECT_TRUE(counts.empty()) << json(counts).dump() << run.summary();
        EXPECT_EQ(run.criteria("fail"), std::set<std::string>{}) << run.summary();
    }
}

/// Requests that cross the close of every second idle connection.
drill_run race_with(const std::string& fault) {
    return drill_run({fault,
                      {"--fault", fault, "--every", "2"},
                      "- {kind: pool, clients: 10, think: 200us, get: /work}\n",
                      usual});
}

/// Without lingering the kernel answers what comes too late with RST. What came in time, after
/// the server had looked for it, is a loss: a window of microseconds.
TEST(Drill, TellsARaceWithAClosedSocketFromALoss) {
    for (int i = 0; i < runs(); ++i) {
        const drill_run run = race_with("idle_race_close");
        const auto ends = idle_ends_of(run);
        const auto counts = run.outcomes("/work");
        EXPECT_GE(ends.all, 100U) << run.summary();
        const auto lost =
            of(counts, "closed_before_response") + of(counts, "reset_before_response");
        EXPECT_GE(lost, ends.before) << run.summary();
        EXPECT_LE(lost, ends.before + ends.between) << run.summary();
        EXPECT_EQ(of(counts, "reset_ambiguous"), 0U) << run.summary();
        EXPECT_LE(of(counts, "idle_race"), ends.all) << run.summary();
    }
}

/// With lingering the server takes what comes too late off the wire, and knows how many.
TEST(Drill, TellsARaceWithALingeringCloseFromALoss) {
    for (int i = 0; i < runs(); ++i) {
        const drill_run run = race_with("idle_race");
        const auto ends = idle_ends_of(run);
        const auto counts = run.outcomes("/work");
        EXPECT_GE(ends.all, 100U) << run.summary();
        const auto lost = of(counts, "closed_before_response");
        EXPECT_GE(lost, ends.before) << run.summary();
        EXPECT_LE(lost, ends.before + ends.between) << run.summary();
        EXPECT_EQ(of(counts, "idle_race") + lost, ends.before + ends.between + ends.behind)
            << run.summary();
        EXPECT_EQ(of(counts, "reset_before_response"), 0U) << run.summary();
    }
}

TEST(Drill, FindsEachEffectThatWasLostAndEachThatNobodyKnowsOf) {
    struct effect_fault {
        const char* fault;
        const char* list;
        const char* standing;  // what was done twice is a warning, what was lost is a failure
    };
    for (const auto& [fault, list, standing] :
         {effect_fault{"lost_effect", "lost", "fail"},
          effect_fault{"unclaimed_effect", "unclaimed", "warn"}}) {
        for (int i = 0; i < runs(); ++i) {
            const drill_run run(
                {fault,
                 {"--fault", fault, "--every", "7", "--target", "/orders", "--orders",
                  "{dir}/orders"},
                 "- {kind: pool, clients: 8, think: 5ms, post: /orders, post_share: 1}\n",
                 with({"--post", "/orders", "--effects", "/orders"})});
            const auto booked = run.truth("effect");
            const auto is_struck = [](const json& one) {
                return one.at("kept") != true || one.at("acknowledged") != true;
            };
            const auto struck = std::count_if(booked.begin(), booked.end(), is_struck);
            EXPECT_GE(struck, 10) << run.summary();
            const auto effects = run.trial_end().at("effects");
            EXPECT_EQ(effects.at(list).size(), struck) << effects << run.summary();
            EXPECT_EQ(effects.at("asked"), booked.size()) << effects;
            EXPECT_TRUE(run.criteria(standing).contains("V15")) << run.summary();
        }
    }
}

}  // namespace
}  // namespace lastcall::drill_truth
