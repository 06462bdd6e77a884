// What systemd is told, and when; on a clock of the test's own.
#include "runtime/systemd_voice.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <lastcall/gate.hpp>

#include "support/notify_server.hpp"

namespace lastcall::runtime {
namespace {

using namespace std::chrono_literals;

class SystemdVoice : public ::testing::Test {
protected:
    SystemdVoice() { ::setenv("NOTIFY_SOCKET", systemd.path().c_str(), 1); }
    ~SystemdVoice() override {
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
    }

    // What is told at `at`, in a stop whose platform waits a minute.
    std::string tick(systemd_voice& voice, std::chrono::milliseconds at) {
        systemd.everything();
        voice.tick(clock::time_point(at), clock::time_point(60s));
        return systemd.everything();
    }

    testing::notify_server systemd;
    heartbeats loops;
};

TEST_F(SystemdVoice, TellsTheStateHowManyAreInsideAndWhatTheStepsSayInOneLine) {
    systemd_voice voice(loops, true);
    gate work("work");
    const pass first = work.try_enter();
    const pass second = work.try_enter();
    voice.stopping();
    voice.enter(state::draining);
    EXPECT_EQ(systemd.everything(), "STOPPING=1\nSTATUS=draining, 2 inside\n");
    voice.step_said("shop", "order 16");
    voice.step_said("mail", "2 of 5 sent");
    voice.step_said("shop", "order 17");
    voice.tell_status();
    EXPECT_EQ(systemd.everything(),
              "STATUS=draining, 2 inside; shop: order 17; mail: 2 of 5 sent\n");
    EXPECT_NE(tick(voice, 1s).find("\nSTATUS=draining, 2 inside; shop: order 17; mail"),
              std::string::npos);
}

TEST_F(SystemdVoice, ForgetsWhatAStepSaidWhenItHasEnded) {
    systemd_voice voice(loops, true);
    voice.stopping();
    voice.step_said("shop", "order 17");
    voice.step_ended("shop");
    systemd.everything();
    voice.enter(state::closing);
    EXPECT_EQ(systemd.everything(), "STATUS=closing\n");
}

TEST_F(SystemdVoice, LetsNoTextOfAStepBeginAKeyOfItsOwn) {
    systemd_voice voice(loops, true);
    voice.enter(state::draining);
    systemd.everything();
    voice.step_said("shop", "a\nMAINPID=1");
    voice.tell_status();
    EXPECT_EQ(systemd.everything(), "STATUS=draining; shop: a MAINPID=1\n");
}

TEST_F(SystemdVoice, CutsAStatusThatSystemdWouldDropAndNoCharacterInTwo) {
    for (const char* shift : {"", "x"}) {
        systemd_voice voice(loops, true);
        voice.enter(state::draining);
        systemd.everything();
        std::string text = shift;
        for (int i = 0; i < 4000; ++i) {
            text += "\u00e9";  // two bytes
        }
        voice.step_said("shop", text);
        voice.tell_status();
        const std::string told = systemd.everything();
        EXPECT_GT(told.size(), 900U);
        EXPECT_LT(told.size(), 1100U);
        ASSERT_GE(told.size(), 3U);
        EXPECT_EQ(told.substr(told.size() - 3), "\u00e9\n");
    }
}

TEST_F(SystemdVoice, AsksForTimeWhenSomethingMovedAndOnlyThen) {
    systemd_voice voice(loops, true);
    gate work("work");
    pass inside = work.try_enter();
    voice.stopping();
    voice.enter(state::draining);
    EXPECT_EQ(tick(voice, 1s), "EXTEND_TIMEOUT_USEC=10000000\nSTATUS=draining, 1 inside\n");
    EXPECT_EQ(tick(voice, 2s), "") << "nothing moved";
    voice.step_said("shop", "order 17");
    EXPECT_NE(tick(voice, 3s), "") << "a step said so";
    EXPECT_EQ(tick(voice, 4s), "");
    voice.step_ended("shop");
    EXPECT_NE(tick(voice, 5s), "") << "a step ended";
    EXPECT_EQ(tick(voice, 6s), "");
    inside.end();
    EXPECT_NE(tick(voice, 7s), "") << "fewer are inside";
    EXPECT_EQ(tick(voice, 8s), "");
}

TEST_F(SystemdVoice, AsksOnceASecondAtMostAndForNoMoreThanThereIs) {
    systemd_voice voice(loops, true);
    voice.stopping();
    voice.enter(state::draining);
    EXPECT_EQ(tick(voice, 57s), "EXTEND_TIMEOUT_USEC=3000000\nSTATUS=draining\n");
    voice.step_said("shop", "order 17");
    EXPECT_EQ(tick(voice, 57'999ms), "");
    EXPECT_EQ(voice.next_tick(), clock::time_point(58s));
    EXPECT_EQ(tick(voice, 61s), "STATUS=draining; shop: order 17\n") << "the time is over";
}

TEST_F(SystemdVoice, AsksForNoTimeWhenTheGraceIsSystemdsOwn) {
    systemd_voice voice(loops, false);
    voice.stopping();
    voice.enter(state::draining);
    EXPECT_EQ(tick(voice, 1s), "STATUS=draining\n");
}

TEST_F(SystemdVoice, FeedsTheWatchdogWhileAllLoopsAnswer) {
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    systemd_voice voice(loops, true);
    EXPECT_EQ(tick(voice, 10s), "WATCHDOG=1\n");
    EXPECT_EQ(voice.next_tick(), clock::time_point(11s));
    EXPECT_EQ(tick(voice, 10'500ms), "");
    loops.watch("io", 100ms, [](const std::function<void()>&) {});  // never answers
    loops.beat(clock::time_point(10'600ms));
    EXPECT_EQ(tick(voice, 11s), "");
    loops.unwatch("io");
    EXPECT_EQ(tick(voice, 12s), "WATCHDOG=1\n");
}

TEST_F(SystemdVoice, HasNothingToDoBeforeAStopWithoutAWatchdog) {
    const systemd_voice voice(loops, true);
    EXPECT_FALSE(voice.next_tick().has_value());
}

}  // namespace
}  // namespace lastcall::runtime
