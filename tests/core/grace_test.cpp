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

}  // namespace
}  // namespace lastcall::core
