#include "agent/story/timeline.hpp"

#include <gtest/gtest.h>

#include "agent_story/made_rows.hpp"

namespace lastcall::agent::story::testing {
namespace {

TEST(Timeline, HasALineForEachStateWithItsDuration) {
    made_rows made;
    made.of("web", 7, 12)
        .add("deploy_asked",
             {{"from", 6},
              {"to", 7},
              {"command", {"node", "v2.js"}},
              {"digest", "sha256:4f1c20ab9d31e5aa"},
              {"note", "faster"}},
             alice);
    made.add("deploy_state", {{"state", "planned"}}).pass(milliseconds(61'000));
    made.add("approval", {}, bob).add("deploy_state", {{"state", "approved"}});
    made.pass(milliseconds(2)).add("deploy_state", {{"state", "spawned"}});
    made.pass(milliseconds(340)).add("deploy_state", {{"state", "ready"}});
    made.of("api", 1, 99).add("deploy_state", {{"state", "planned"}});
    made.of("web", 7, 12).pass(milliseconds(1)).add("deploy_state", {{"state", "cut"}});
    made.pass(milliseconds(5'000)).add("deploy_state", {{"state", "done"}});
    EXPECT_EQ(timeline_text(made.all(), 12, cet),
              R"(deploy 12 of web: #6 -> #7, asked by alice (uid 1000) on 2026-11-21 13:00:00 CET
  node v2.js (sha256:4f1c20ab9d31)
  note: faster
  13:00:00.000  planned       1 min 1 s
  13:01:01.000  approved      2 ms      by bob (uid 1001)
  13:01:01.002  spawned       340 ms
  13:01:01.342  ready         1 ms
  13:01:01.343  cut           5 s
  13:01:06.343  done
  took 1 min 6 s
)");
}

TEST(Timeline, SaysWhyItWentBackAndThatTheAgentWasStartedAnew) {
    made_rows made;
    add_deploy(made, 13, {{"planned", ""}, {"spawned", ""}});
    made.of("").add("agent_started", {{"is_resumed", true}});
    made.of("web", 7, 13)
        .pass(milliseconds(900))
        .add("deploy_state", {{"state", "rolling_back"}, {"reason", "not ready in time"}})
        .pass(milliseconds(30))
        .add("deploy_state", {{"state", "rolled_back"}});
    made.of("").add("agent_started");
    EXPECT_EQ(timeline_text(made.all(), 13, cet),
              R"(deploy 13 of web: #6 -> #7, asked by alice (uid 1000) on 2026-11-21 13:00:00 CET
  node "server v2.js" (sha256:4f1c20ab9d31)
  note: faster
  13:00:00.000  planned       100 ms
  13:00:00.100  spawned       1 s
  13:00:00.200  (the agent was started anew)
  13:00:01.100  rolling_back  30 ms     not ready in time
  13:00:01.130  rolled_back
  took 1.1 s
)");
}

TEST(Timeline, OfOneThatIsUnderWayRejectedOrNotThere) {
    made_rows made;
    add_deploy(made, 14, {{"planned", ""}});
    EXPECT_NE(timeline_text(made.all(), 14, cet).find("  it is under way\n"), std::string::npos);
    made.of("web", 7, 14)
        .add("rejection", {{"reason", "not on a Friday"}}, bob)
        .add("deploy_state", {{"state", "rejected"}});
    EXPECT_NE(timeline_text(made.all(), 14, cet)
                  .find("rejected                by bob (uid 1001): not on a Friday"),
              std::string::npos)
        << timeline_text(made.all(), 14, cet);
    EXPECT_EQ(timeline_text(made.all(), 99, cet), "there is no deploy 99 in the journal\n");
}

TEST(Timeline, WithoutItsBeginningSaysSo) {
    made_rows made;
    made.of("web", 7, 12).add("deploy_state", {{"state", "done"}, {"from", 6}, {"to", 7}});
    EXPECT_NE(timeline_text(made.all(), 12, cet).find("#6 -> #7 (its beginning was summarised)"),
              std::string::npos);
}

}  // namespace
}  // namespace lastcall::agent::story::testing
