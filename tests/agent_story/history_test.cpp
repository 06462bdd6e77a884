#include "agent/story/history.hpp"

#include <gtest/gtest.h>

#include "agent_story/made_rows.hpp"

namespace lastcall::agent::story::testing {
namespace {

/// A deploy that went well, one that did not, a stop, a crash, a deploy that goes on.
made_rows a_day() {
    made_rows made;
    add_deploy(made, 12, {{"planned", ""}, {"cut", ""}, {"draining_old", ""}});
    made.of("web", 6, 12)
        .add("stop_asked", {{"how", "deploy"}})
        .add("generation_exited", {{"code", 0}, {"asked", true}});
    made.of("web", 7, 12).add("deploy_state", {{"state", "done"}, {"from", 6}, {"to", 7}});
    made.pass(milliseconds(60'000));
    add_deploy(made, 13,
               {{"planned", ""},
                {"spawned", ""},
                {"rolling_back", "not ready in time"},
                {"rolled_back", ""}});
    made.pass(milliseconds(60'000)).of("web", 7).add("stop_asked", {{"how", "api"}}, bob);
    made.pass(milliseconds(2'320))
        .add("generation_exited", {{"code", 0}, {"asked", true}, {"last_line", last_line()}});
    made.pass(milliseconds(60'000))
        .of("api", 2)
        .add("generation_exited", {{"signal", "SIGKILL"}, {"oom_kills", 1}, {"asked", false}});
    made.pass(milliseconds(1'000));
    add_deploy(made, 14, {{"planned", ""}, {"baking", ""}});
    return made;
}

TEST(History, IsATableOfDeploysAndStopsTheNewestFirst) {
    EXPECT_EQ(
        history_text(history_of(a_day().all()), cet, true),
        R"(DEPLOY  WHEN                     SERVICE  WHAT    GENERATION  WHO               TOOK    OUTCOME
14      2026-11-21 13:03:04 CET  web      deploy  #6 -> #7    alice (uid 1000)  -       under way: baking
-       2026-11-21 13:03:03 CET  api      end     #2          nobody            -       ended by SIGKILL: out of memory
-       2026-11-21 13:02:00 CET  web      stop    #7          bob (uid 1001)    2.3 s   exited with 0
13      2026-11-21 13:01:00 CET  web      deploy  #6 -> #7    alice (uid 1000)  300 ms  rolled_back: not ready in time
12      2026-11-21 13:00:00 CET  web      deploy  #6 -> #7    alice (uid 1000)  300 ms  done
)");
}

TEST(History, OfOneServiceHasNoColumnForIt) {
    const auto text = history_text(history_of(a_day().all()), cet, false);
    EXPECT_EQ(text.find("SERVICE"), std::string::npos);
}

TEST(History, AsJsonHasTheSameWithTimesInUtc) {
    const auto json = history_json(history_of(a_day().all()));
    EXPECT_EQ(json.at("schema"), 1);
    const auto& entries = json.at("entries");
    ASSERT_EQ(entries.size(), 5U);
    const auto& rolled_back = entries.at(3);
    EXPECT_EQ(rolled_back.at("deploy"), 13);
    EXPECT_EQ(rolled_back.at("from"), 6);
    EXPECT_EQ(rolled_back.at("to"), 7);
    EXPECT_EQ(rolled_back.at("outcome"), "rolled_back");
    EXPECT_EQ(rolled_back.at("is_good"), false);
    EXPECT_EQ(rolled_back.at("took_ms"), 300);
    EXPECT_EQ(rolled_back.at("at"), "2026-11-21T12:01:00.300Z");
    EXPECT_EQ(rolled_back.at("command"), "node \"server v2.js\"");
    EXPECT_EQ(rolled_back.at("note"), "faster");
    EXPECT_FALSE(entries.at(0).contains("took_ms")) << "it goes on";
    EXPECT_EQ(entries.at(1).at("is_good"), false);
}

TEST(History, AnOldGenerationThatHadToBeKilledIsAnEntryOfItsOwn) {
    made_rows made;
    add_deploy(made, 12, {{"planned", ""}, {"draining_old", ""}});
    made.of("web", 6, 12).add("stop_asked", {{"how", "deploy"}});
    auto line = last_line();
    line["killed_count"] = 1;
    made.add("generation_exited", {{"code", 137}, {"asked", true}, {"last_line", line}});
    const auto entries = history_of(made.all());
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1].reason, "1 process had to be killed");
    EXPECT_FALSE(entries[1].is_good);
}

TEST(History, AStopOfEverythingIsAnEntryForEachService) {
    made_rows made;
    made.add("stop_asked", {{"how", "signal"}}, alice).pass(milliseconds(100));
    made.of("web", 7).add("generation_exited", {{"code", 0}, {"asked", true}});
    made.of("api", 2).add("generation_exited", {{"code", 0}, {"asked", true}});
    const auto entries = history_of(made.all());
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].who, "alice (uid 1000)");
    EXPECT_EQ(entries[1].who, "alice (uid 1000)");
    EXPECT_EQ(entries[1].lasted, nanoseconds(milliseconds(100)));
}

TEST(History, WhatWasSummarisedIsSaidAndABeginningThatIsGoneMakesNoHole) {
    made_rows made;
    made.of("web", 7, 12).add("deploy_state", {{"state", "baking"}, {"from", 6}, {"to", 7}});
    made.pass(milliseconds(5'000)).add("deploy_state", {{"state", "done"}});
    made.of("").add("summary", {{"first", 1}, {"last", 500}});
    const auto entries = history_of(made.all());
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].outcome, "done");
    EXPECT_EQ(entries[0].from, 6);
    EXPECT_EQ(entries[1].outcome, "rows 1 to 500 were summarised");
    EXPECT_NE(history_text(entries, cet, true).find("summary"), std::string::npos);
}

TEST(History, UnknownKindsAndMissingFieldsAreNoTrouble) {
    made_rows made;
    made.add("of_tomorrow", {{"x", 1}}).add("deploy_asked").add("deploy_state").add("stop_asked");
    made.add("generation_exited", {{"last_line", 7}, {"signal", {}}});
    EXPECT_EQ(history_of(made.all()).size(), 2U);
    EXPECT_FALSE(history_text(history_of(made.all()), cet, true).empty());
    EXPECT_EQ(history_text({}, cet, true), "nothing was deployed, and nothing has stopped yet\n");
}

}  // namespace
}  // namespace lastcall::agent::story::testing
