#include <gtest/gtest.h>

#include <lastcall/health.hpp>
#include <lastcall/report.hpp>

#include "core/json.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;

report sample() {
    report r;
    r.service = "orders";
    r.result = result::forced;
    r.exit = exit_status::forced;
    r.requests = {{stop_reason::sigterm, "", 17, 1000, 0us},
                  {stop_reason::requested, "again", 0, 0, 5ms}};
    r.grace = 30s;
    r.reserve = 1500ms;
    r.grace_source = "default";
    r.total = 512ms;
    r.states = {{state::draining, 0us}, {state::stopped, 512ms}};
    r.steps = {{"http", "drain", 1ms, 500ms, 20s, result::forced, "cut \"GET /\"\n"}};
    r.left = {{"http", "GET /slow", 1200ms, 42}};
    r.degraded = {"no membarrier"};
    return r;
}

TEST(Report, JsonIsOneLineWithUnitsInTheNames) {
    EXPECT_EQ(
        sample().json(),
        R"({"schema":1,"service":"orders","result":"forced","exit_code":82,"grace_ms":30000,)"
        R"("reserve_ms":1500,"grace_source":"default","total_ms":512,"requests":[)"
        R"({"reason":"SIGTERM","at_ms":0,"sender_pid":17,"sender_uid":1000},)"
        R"({"reason":"requested","at_ms":5,"note":"again"}],"states":[)"
        R"({"state":"draining","start_ms":0},{"state":"stopped","start_ms":512}],"steps":[)"
        R"({"component":"http","step":"drain","start_ms":1,"duration_ms":500,"share_ms":20000,)"
        R"("result":"forced","error":"cut \"GET /\"\n"}],"left":[)"
        R"({"gate":"http","label":"GET /slow","age_ms":1200,"thread":42}],)"
        R"("degraded":["no membarrier"]})");
}

TEST(Report, TimelineShowsEveryStepAndWhatIsLeft) {
    const std::string text = sample().timeline();
    for (const char* part : {"orders stopped: forced in 512.0 ms of 28.5s", "http drain", "of 20s",
                             "forced", "left inside http: GET /slow, 1.2s, thread 42"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " is not in:\n" << text;
    }
}

TEST(Report, TimelineOfAnEmptyStopIsStillText) {
    const std::string text = report{}.timeline();
    EXPECT_NE(text.find("stopped: clean"), std::string::npos);
}

TEST(Json, EscapesWhatRfc8259Asks) {
    core::json_writer out;
    out.begin_array().value("a\"b\\c\n\t\r\x01").value(true).value(-3).value(0.5).end_array();
    EXPECT_EQ(std::move(out).text(), R"(["a\"b\\c\n\t\r\u0001",true,-3,0.5])");
}

TEST(Json, IsUtf8WhateverTheBytesAre) {
    const std::string bad = "\xEF\xBF\xBD";
    const std::pair<std::string, std::string> rows[] = {
        {"\u00e9 \u20ac \U0001F600", "\u00e9 \u20ac \U0001F600"},
        {"\xE9t\xE9", bad + "t" + bad},               // Latin-1
        {"\xE2\x82", bad + bad},                      // cut short
        {"\xC0\xAF", bad + bad},                      // overlong
        {"\xED\xA0\x80", bad + bad + bad},            // a surrogate
        {"\xF4\x90\x80\x80", bad + bad + bad + bad},  // beyond U+10FFFF
    };
    for (const auto& [bytes, text] : rows) {
        core::json_writer out;
        out.value(bytes);
        EXPECT_EQ(std::move(out).text(), '"' + text + '"');
    }
}

TEST(Words, EveryStateReasonAndResultHasOne) {
    for (int i = 0; i <= static_cast<int>(state::failed); ++i) {
        EXPECT_NE(to_string(static_cast<state>(i)), "unknown");
    }
    for (int i = 0; i <= static_cast<int>(stop_reason::start_failed); ++i) {
        EXPECT_NE(to_string(static_cast<stop_reason>(i)), "unknown");
    }
    for (int i = 0; i <= static_cast<int>(result::abandoned); ++i) {
        EXPECT_NE(to_string(static_cast<result>(i)), "unknown");
    }
}

}  // namespace
}  // namespace lastcall
