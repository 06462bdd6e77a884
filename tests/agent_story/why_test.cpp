#include "agent/story/why.hpp"

#include <gtest/gtest.h>

#include "agent_story/made_rows.hpp"

namespace lastcall::agent::story::testing {
namespace {

made_rows running(std::int64_t generation = 7) {
    made_rows made;
    made.of("web", generation)
        .add("generation_started", {{"command", {"node", "server.js"}},
                                    {"digest", "sha256:4f1c20ab9d31e5aa"},
                                    {"pid", 98}})
        .pass(milliseconds(340))
        .add("generation_ready", {{"after_ms", 340}})
        .pass(milliseconds(11'519'660));
    return made;
}

json exit_fields(bool asked, json line) {
    return {{"code", 0},
            {"asked", asked},
            {"user_ms", 12'300},
            {"system_ms", 1'200},
            {"peak_bytes", 120'400'000},
            {"oom_kills", 0},
            {"last_line", std::move(line)}};
}

TEST(Why, AStopInOrderIsToldPhaseByPhase) {
    auto made = running();
    made.add("stop_asked",
             {{"how", "api"}, {"grace_ms", 30'000}, {"sender", {{"command", "lastcall stop web"}}}},
             alice)
        .pass(milliseconds(2'320))
        .add("generation_exited", exit_fields(true, last_line()));
    EXPECT_EQ(
        why_text(made.all(), "web", cet),
        R"(web #7 was stopped by alice (uid 1000) on 2026-11-21 16:12:00 CET, and exited with 0 after 2.3 s.
  asked       16:12:00.000, by api: lastcall stop web; it had 30 s
  announcing  200 ms      it worked on, so that routing could notice
  main        2.1 s       from the signal until the program had exited
  the rest    10 ms       until what it had left behind had ended
  killed      nothing
  before      ran 3 h 12 min; ready after 340 ms; processor 13.5 s; peak 120.4 MB
  what        node server.js (sha256:4f1c20ab9d31)
  then        nothing was started in its place
)");
    const auto told = why_json(made.all(), "web");
    EXPECT_EQ(told.at("asked_by"), "alice (uid 1000)");
    EXPECT_EQ(told.at("rows"), json({1, 2, 3, 4}));
    EXPECT_EQ(told.at("is_clean"), true);
    EXPECT_EQ(told.at("took_ms"), 2310.25);
    EXPECT_EQ(told.at("at"), "2026-11-21T15:12:00.000Z");
}

TEST(Why, ACrashIsToldWithWhatCameAfter) {
    auto made = running();
    auto line = last_line();
    line["cause"] = "main_exited";
    line["sender"] = nullptr;
    line["phases"] = {{"stopping_rest_ms", 4}};
    line["main"] = {
        {"pid", 99}, {"command", "node"}, {"signal", "SIGSEGV"}, {"killed_by_keeper", false}};
    auto fields = exit_fields(false, line);
    fields["code"] = 139;
    fields["core"] = true;
    made.add("generation_exited", fields)
        .add("restart_planned", {{"wait_ms", 100}, {"restarts", 1}})
        .pass(milliseconds(104))
        .of("web", 8)
        .add("generation_started", {{"pid", 200}})
        .pass(milliseconds(300))
        .add("generation_ready");
    EXPECT_EQ(
        why_text(made.all(), "web", cet),
        R"(web #7 ended by SIGSEGV (core dumped) on 2026-11-21 16:12:00 CET; nobody had asked it to stop.
  the rest    4 ms        until what it had left behind had ended
  before      ran 3 h 12 min; ready after 340 ms; processor 13.5 s; peak 120.4 MB
  what        node server.js (sha256:4f1c20ab9d31)
  then        a restart was planned, in 100 ms
  then        #8 was started, 104 ms later
  then        #8 was ready, 404 ms later
)");
}

TEST(Why, WhatWasKilledAndWhyAndForWantOfMemory) {
    auto made = running();
    auto line = last_line();
    line["stop_signals"] = 2;
    line["main"] = {
        {"pid", 99}, {"command", "python3"}, {"signal", "SIGKILL"}, {"killed_by_keeper", true}};
    line["phases"] = {{"stopping_main_ms", 28'500}, {"killing_ms", 3}};
    line["stop_ms"] = 28'503;
    line["killed"] = {{{"pid", 99}, {"command", "python3 shop.py"}, {"why", "it ignores SIGTERM"}}};
    line["killed_count"] = 3;
    line["left"] = 1;
    line["oom_kills"] = 2;
    made.add("stop_asked", {{"how", "liveness"}, {"reason", "3 checks failed"}})
        .pass(milliseconds(28'000))
        .add("stop_report", {{"lines", {"pid 99 (main): sleeping in pause; SIGTERM ignored"}}})
        .pass(milliseconds(600))
        .add("generation_exited", exit_fields(true, line))
        .add("crash_loop", {{"ends", 10}});
    EXPECT_EQ(
        why_text(made.all(), "web", cet),
        R"(web #7 was stopped by lastcall on 2026-11-21 16:12:00 CET, and had to be killed by SIGKILL after 28.5 s.
  asked       16:12:00.000, by liveness; 3 checks failed
  main        28.5 s      from the signal until the program had exited
  killing     3 ms        SIGKILL for what was left
  hurried     2 stop signals came
  blocked     pid 99 (main): sleeping in pause; SIGTERM ignored
  killed      pid 99, python3 shop.py: it ignores SIGTERM
  killed      2 more
  left        1 process has survived SIGKILL (frozen, or in the kernel)
  memory      the kernel killed 2 processes for want of memory: raise the limit, or find the leak
  before      ran 3 h 12 min; ready after 340 ms; processor 13.5 s; peak 120.4 MB
  what        node server.js (sha256:4f1c20ab9d31)
  then        it was left stopped: it ended 10 times in a row (`lastcall start` tries again)
)");
}

TEST(Why, AGenerationThatADeployReplacedNamesTheDeployAndWhoAsked) {
    auto made = running(6);
    add_deploy(made, 12, {{"planned", ""}, {"cut", ""}, {"draining_old", ""}});
    made.of("web", 6, 12)
        .add("stop_asked", {{"how", "deploy"}})
        .pass(milliseconds(2'320))
        .add("generation_exited", exit_fields(true, last_line()));
    const auto told = why_text(made.all(), "web", cet);
    EXPECT_EQ(told.substr(0, told.find('\n')),
              "web #6 was replaced by deploy 12, which alice (uid 1000) asked for, on 2026-11-21 "
              "16:12:00 CET, and exited with 0 after 2.3 s.");
    EXPECT_EQ(told.find("nothing was started"), std::string::npos) << told;
    EXPECT_EQ(why_json(made.all(), "web").at("deploy"), 12);
}

TEST(Why, ANewGenerationThatWasTakenBackSaysWhy) {
    made_rows made;
    made.of("web", 7, 12).add("generation_started", {{"command", {"node"}}});
    add_deploy(made, 12, {{"planned", ""}, {"rolling_back", "3 bake checks failed: 502"}});
    made.of("web", 7, 12)
        .add("stop_asked", {{"how", "rollback"}})
        .pass(milliseconds(50))
        .add("generation_exited", exit_fields(true, last_line()));
    const auto told = why_text(made.all(), "web", cet);
    EXPECT_NE(told.find("web #7 was taken back by deploy 12"), std::string::npos) << told;
    EXPECT_NE(told.find("\n  reason      3 bake checks failed: 502\n"), std::string::npos) << told;
}

TEST(Why, WhoSignalledLastcallInitItselfIsTakenFromItsLastLine) {
    auto made = running();
    made.add("generation_exited", exit_fields(false, last_line()));
    const auto told = why_text(made.all(), "web", cet);
    EXPECT_NE(told.find("was stopped by SIGTERM from process 812 (lastcall-keeper) of uid 0"),
              std::string::npos)
        << told;
}

TEST(Why, AStopThatGoesOnIsSaidToGoOn) {
    auto made = running();
    made.add("stop_asked", {{"how", "api"}}, bob);
    EXPECT_EQ(why_text(made.all(), "web", cet),
              "web #7 is stopping since 2026-11-21 16:12:00 CET, asked by bob (uid 1001); it has "
              "not ended yet.\n  asked       16:12:00.000, by api\n");
}

TEST(Why, AStopOfEverythingIsThatOfEachService) {
    auto made = running();
    made.of("").add("stop_asked", {{"how", "signal"}}, {actor::kind::signal, "SIGTERM", {}, 1});
    made.pass(milliseconds(10))
        .of("web", 7)
        .add("generation_exited", exit_fields(true, last_line()));
    EXPECT_NE(why_text(made.all(), "web", cet).find("was stopped by SIGTERM from process 1 on"),
              std::string::npos);
}

TEST(Why, AnAgentThatCrashedInTheMiddleAndAMachineThatBootedAreTold) {
    auto made = running();
    made.add("stop_asked", {{"how", "api"}}, alice).pass(milliseconds(500));
    made.of("").add("agent_started", {{"is_resumed", true}}).pass(milliseconds(500));
    made.boot_again().of("web", 7).add("generation_exited", {{"asked", true}});
    EXPECT_EQ(
        why_text(made.all(), "web", cet),
        R"(web #7 was stopped by alice (uid 1000) on 2026-11-21 16:12:00 CET, and ended after 1 s.
  asked       16:12:00.000, by api
  phases      not known: lastcall-init has left no last line
  agent       was started anew meanwhile, 16:12:00.500
  machine     was started anew since the generation began
  before      ran 3 h 12 min
  what        node server.js (sha256:4f1c20ab9d31)
  then        nothing was started in its place
)");
}

TEST(Why, FieldsOfAnyKindDoNotBreakIt) {
    for (const auto& fields :
         {json::object(), json{{"code", "x"}, {"signal", -5}, {"last_line", "broken"}},
          json{{"code", 1e300},
               {"asked", 1},
               {"last_line",
                {{"killed", {1, "a", {{"pid", {}}}}},
                 {"phases", 7},
                 {"main", {{"signal", 1'000'000}}},
                 {"ran_ms", 1e300},
                 {"sender", {{"pid", "x"}}}}}}}) {
        made_rows made;
        made.of("web").add("generation_exited", fields);
        EXPECT_NE(why_text(made.all(), "web", cet).find("web "), std::string::npos);
        EXPECT_TRUE(why_json(made.all(), "web").at("found").get<bool>());
    }
    EXPECT_EQ(why_text({}, "web", cet), "web has not stopped yet, as far as the journal goes\n");
    EXPECT_FALSE(why_json({}, "web").at("found").get<bool>());
}

TEST(Why, OtherServicesAndEarlierStopsAreOtherStories) {
    auto made = running();
    made.add("stop_asked", {{"how", "api"}}, alice).pass(milliseconds(9));
    made.add("generation_exited", exit_fields(true, last_line()));
    made.pass(milliseconds(100)).of("web", 8).add("generation_started");
    made.of("api", 3).add("stop_asked", {}, bob).add("generation_exited", exit_fields(true, {}));
    made.pass(milliseconds(100)).of("web", 8).add("generation_exited", {{"code", 1}});
    const auto told = why_text(made.all(), "web", cet);
    EXPECT_NE(told.find("web #8 exited with 1"), std::string::npos) << told;
    EXPECT_NE(told.find("nobody had asked"), std::string::npos) << told;
    EXPECT_NE(told.find("ran 100 ms; was never ready"), std::string::npos) << told;
}

}  // namespace
}  // namespace lastcall::agent::story::testing
