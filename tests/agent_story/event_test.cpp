#include "agent/story/event.hpp"

#include <gtest/gtest.h>

#include "agent_story/made_rows.hpp"

namespace lastcall::agent::story::testing {
namespace {

struct told {
    const char* kind;
    json fields;
    const char* text;
};

TEST(Event, HasALineForEachKind) {
    const told cases[] = {
        {"agent_started",
         {{"version", "0.1.0"}, {"is_resumed", true}},
         "agent 0.1.0 started; it goes on with what runs"},
        {"agent_stopped", {{"reason", "upgrade"}}, "agent stopped: upgrade"},
        {"config_applied",
         {{"file", "lastcall.yaml"}},
         "configuration applied by alice (uid 1000): lastcall.yaml"},
        {"deploy_asked",
         {{"from", 0}, {"to", 7}, {"command", {"node"}}, {"needs_approval", true}},
         "- -> #7 asked by alice (uid 1000): node; it waits for an approval"},
        {"deploy_state", {{"before", "ready"}, {"state", "cut"}}, "ready -> cut"},
        {"approval", {}, "approved by alice (uid 1000)"},
        {"rejection", {{"reason", "no"}}, "rejected by alice (uid 1000): no"},
        {"generation_started",
         {{"pid", 98}, {"command", {"node", "x"}}},
         "started, pid 98: node x"},
        {"generation_ready", {{"after_ms", 340.4}}, "ready after 340 ms"},
        {"generation_exited",
         {{"signal", 9}, {"ran_ms", 5000}},
         "ended by SIGKILL after 5 s; nobody had asked"},
        {"generation_exited", {{"code", 0}, {"asked", true}}, "exited with 0"},
        {"generation_exited",
         {{"code", 0},
          {"asked", true},
          {"last_line",
           {{"stop_ms", 19.0},
            {"phases", {{"stopping_main_ms", 18.0}, {"stopping_rest_ms", 1.0}}}}}},
         "exited with 0; the stop took 19 ms: main 18 ms, the rest 1 ms"},
        {"generation_adopted", {{"pid", 98}}, "adopted, pid 98"},
        {"generation_lost",
         {{"reason", "it is gone"}},
         "left by a keeper before, and lost: it is gone"},
        {"handover_problem",
         {{"reason", "node binds another address"}},
         "its socket cannot be handed over: node binds another address"},
        {"service_state", {{"wanted", true}}, "is to run"},
        {"service_state", {{"wanted", false}}, "is to be stopped"},
        {"start_refused", {{"reason", "no room"}}, "cannot be started: no room"},
        {"upgrade_asked",
         {{"directory", "/opt/next"}},
         "upgrade asked by alice (uid 1000): /opt/next"},
        {"upgrade_refused", {{"reason", "no answer"}}, "not upgraded: no answer"},
        {"stop_asked",
         {{"how", "api"}, {"grace_ms", 30000}},
         "stop asked by alice (uid 1000), by api, within 30 s"},
        {"stop_report", {{"lines", {"pid 9: asleep"}}}, "late to stop; pid 9: asleep"},
        {"restart_planned", {{"wait_ms", 200}}, "restart planned in 200 ms"},
        {"crash_loop",
         {{"ends", 10}, {"within_ms", 120000}},
         "left stopped: it ended 10 times within 2 min"},
        {"steered", {{"took_ms", 0.08}}, "new connections go to it, after 80 us"},
        {"probe_changed",
         {{"probe", "ready"}, {"is_good", false}, {"detail", "503"}},
         "ready fails: 503"},
        {"summary", {{"last", 500}}, "rows up to 500 were summarised"},
        {"of_tomorrow", {{"x", "\x1b[2J"}}, "of_tomorrow {\"x\":\"\\u001b[2J\"}"},
    };
    for (const auto& one : cases) {
        made_rows made;
        made.of("web", 7, 12).add(one.kind, one.fields, alice);
        EXPECT_EQ(event_text(made.all()[0], cet),
                  std::string("13:00:00.000 web #7 deploy 12: ") + one.text);
        made_rows bare;
        bare.add(one.kind);
        EXPECT_EQ(event_text(bare.all()[0], cet).substr(0, 23), "13:00:00.000 lastcall: ")
            << one.kind;
    }
}

}  // namespace
}  // namespace lastcall::agent::story::testing
