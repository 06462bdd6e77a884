#include "core/grace.hpp"

#include <gtest/gtest.h>

#include <lastcall/duration.hpp>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "nothing was refused";
}

TEST(Grace, TakesTheFirstSourceThatExists) {
    grace_sources all;
    all.systemd = 5s;
    EXPECT_EQ(choose_grace(all, {}).source, "systemd");
    all.keeper_deadline = "110s";
    all.monotonic_now = 100s;
    EXPECT_EQ(choose_grace(all, {}).source, "keeper");
    EXPECT_EQ(choose_grace(all, {}).total, 10s);
    all.environment = "20s";
    EXPECT_EQ(choose_grace(all, {}).source, "LASTCALL_GRACE");
    all.code = 7s;
    EXPECT_EQ(choose_grace(all, {}).source, "code");
    EXPECT_EQ(choose_grace(all, {}).total, 7s);
}

TEST(Grace, IsThirtySecondsWhereNobodyKnows) {
    const grace g = choose_grace({}, {});
    EXPECT_EQ(g.total, 30s);
    EXPECT_EQ(g.source, "default");
}

TEST(Grace, KeepsBackFivePercentAndAtLeastHalfASecond) {
    grace_sources from;
    from.code = 100s;
    EXPECT_EQ(choose_grace(from, {}).reserve, 5s);
    from.code = 5s;
    EXPECT_EQ(choose_grace(from, {}).reserve, 500ms);
    from.code = 600ms;
    EXPECT_EQ(choose_grace(from, {}).reserve, 300ms);
    EXPECT_EQ(choose_grace(from, 0ms).deadline(), 600ms);
}

TEST(Grace, RefusesWhatLeavesNothing) {
    grace_sources from;
    from.code = 2s;
    EXPECT_NE(refusal([&] { choose_grace(from, 2s); }).find("leaves nothing"), std::string::npos);
    from.code = 0s;
    EXPECT_NE(refusal([&] { choose_grace(from, {}); }).find("above zero"), std::string::npos);
}

TEST(Grace, AKeepersDeadlineThatHasPassedIsRefused) {
    grace_sources from;
    from.keeper_deadline = "90s";
    from.monotonic_now = 100s;
    EXPECT_NE(refusal([&] { choose_grace(from, {}); }).find("keeper"), std::string::npos);
}

TEST(Grace, AKeepersDeadlineCountsOnAMachineThatRunsForYears) {
    grace_sources from;
    from.monotonic_now = std::chrono::hours(24 * 365 * 3);
    from.keeper_deadline = "94608010000ms";
    EXPECT_EQ(choose_grace(from, {}).total, 10s);
    from.keeper_deadline = "tomorrow";
    EXPECT_NE(refusal([&] { choose_grace(from, {}); }).find("LASTCALL_DEADLINE: \"tomorrow\""),
              std::string::npos);
}

TEST(Grace, AnInfiniteStopTimeoutOfSystemdIsAYear) {
    grace_sources from;
    from.systemd = duration::max();
    EXPECT_EQ(choose_grace(from, {}).total, std::chrono::hours(24 * 365));
}

struct duration_case {
    const char* text;
    duration value;
};

TEST(Duration, ReadsEveryUnit) {
    for (const auto& [text, value] : std::initializer_list<duration_case>{{"500ms", 500ms},
                                                                          {"30s", 30s},
                                                                          {"2m", 2min},
                                                                          {"1h", 1h},
                                                                          {"1.5s", 1500ms},
                                                                          {"0s", 0s},
                                                                          {"2.s", 2s},
                                                                          {"0.0000005ms", 1ns},
                                                                          {"8760h", 8760h},
                                                                          {"50us", 50us}}) {
        EXPECT_EQ(parse_duration(text, "x"), value) << text;
    }
}

TEST(Duration, RefusesTheRestAndSaysHowToWriteIt) {
    for (const char* text :
         {"", "30", "s", "-5s", "30 s", "30sec", "1e400s", "nan s", "inf", "99999999h", "0x10s",
          "5s5", "8760.1h", "99999999999999999999us", "1e3s", "-", ".", ".s"}) {
        const std::string why =
            refusal([&] { static_cast<void>(parse_duration(text, "--grace")); });
        EXPECT_EQ(why.find("--grace"), 0U) << text << ": " << why;
        EXPECT_NE(why.find("500ms"), std::string::npos) << text << ": " << why;
    }
}

TEST(Duration, IsExactUpToAYear) {
    EXPECT_EQ(parse_duration("4222222.73s", "x"), 4222222730ms);
    EXPECT_EQ(parse_duration("31535999.999999s", "x"), 31535999999999us);
}

TEST(Duration, IsWrittenInItsShortestForm) {
    EXPECT_EQ(to_text(30s), "30s");
    EXPECT_EQ(to_text(1500ms), "1.5s");
    EXPECT_EQ(to_text(250ms), "250ms");
    EXPECT_EQ(to_text(80us), "80us");
    EXPECT_EQ(to_text(0ms), "0ms");
    EXPECT_EQ(to_text(-2s), "-2s");
    EXPECT_EQ(to_text(1s + 1us), "1.000001s");
}

stop_request sent(duration at, std::optional<std::chrono::milliseconds> left) {
    stop_request r;
    r.at = std::chrono::duration_cast<std::chrono::microseconds>(at);
    r.left = left;
    return r;
}

TEST(GraceInForce, IsThatOfTheKeeperWhereItEndsEarlier) {
    const grace own{30s, "code", 500ms};
    struct row {
        const char* what;
        std::vector<stop_request> requests;
        const char* source;
        duration total;
        duration reserve;
    };
    for (const row& r : std::vector<row>{
             {"nobody said anything", {sent(0s, {})}, "code", 30s, 500ms},
             {"later than our own", {sent(0s, 31s)}, "code", 30s, 500ms},
             {"the same", {sent(0s, 30s)}, "code", 30s, 500ms},
             {"earlier", {sent(0s, 8s)}, "keeper", 8s, 500ms},
             {"with the second request", {sent(0s, {}), sent(2s, 8s)}, "keeper", 10s, 500ms},
             {"the earliest counts",
              {sent(0s, 8s), sent(1s, 3s), sent(2s, 9s)},
              "keeper",
              4s,
              500ms},
             {"half of it is kept back at most", {sent(0s, 600ms)}, "keeper", 600ms, 300ms},
             {"and something is left", {sent(0s, 150ms)}, "keeper", 150ms, 50ms},
             {"nothing is left", {sent(0s, 0ms)}, "keeper", least_time, 0s},
             {"less than nothing", {sent(3s, -9h)}, "keeper", 3s + least_time, 0s},
         }) {
        const grace g = in_force(own, r.requests);
        EXPECT_EQ(g.source, r.source) << r.what;
        EXPECT_EQ(g.total, r.total) << r.what;
        EXPECT_EQ(g.reserve, r.reserve) << r.what;
    }
}

TEST(GraceInForce, IsNeverLongerThanOurOwn) {
    const grace own{50ms, "code", 0s};
    EXPECT_EQ(in_force(own, {sent(0s, -1s)}).deadline(), 50ms);
}

}  // namespace
}  // namespace lastcall::core
