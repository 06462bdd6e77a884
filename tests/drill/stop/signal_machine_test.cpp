#include <gtest/gtest.h>

#include "machine_support.hpp"
#include "support.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using enum happening::kind;
using lines = std::vector<std::string>;
using testing::plan;
using testing::told_machine;

told_machine machine_for(const sequence_plan& plan) {
    return told_machine(make_stop_machine(plan));
}

TEST(PlainSequence, KillsTheGroupOnlyWhenTheGraceIsOver) {
    auto machine = machine_for(plan([](auto& it) { it.grace = 30s; }));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike main:15"});
    EXPECT_EQ(machine.tell(struck), lines{});
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 30s);
    EXPECT_EQ(machine.tell(main_ended), lines{"end"});
}

TEST(PlainSequence, IsOverWhenTheProcessEndsInTime) {
    auto machine = machine_for(plan([](auto& it) { it.grace = 30s; }));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    machine.pass(3s);
    EXPECT_EQ(machine.tell(main_ended), lines{"end"});
    EXPECT_TRUE(machine.is_over());
    EXPECT_TRUE(machine.waits_for_no_time());
    EXPECT_EQ(machine.tell(main_ended), lines{}) << "what is over answers nothing";
}

TEST(PlainSequence, CountsTheGraceFromTheStrikeAndNotFromItsPreparation) {
    auto machine = machine_for(plan([](auto& it) { it.grace = 30s; }));
    static_cast<void>(machine.tell(begun));
    machine.pass(200ms);
    static_cast<void>(machine.tell(struck));
    static_cast<void>(machine.next());
    EXPECT_EQ(machine.now(), 30s + 200ms);
}

TEST(PlainSequence, WithdrawsRoutesLaterWhenTheyLag) {
    auto machine = machine_for(plan([](auto& it) {
        it.grace = 30s;
        it.route_lag = 5s;
    }));
    EXPECT_EQ(machine.tell(begun), lines{"strike main:15"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"withdraw [routes_withdrawn]"});
    EXPECT_EQ(machine.now(), 5s);
}

TEST(PlainSequence, SendsToAllAsCtrlCDoesAndASecondTime) {
    auto machine = machine_for(plan([](auto& it) {
        it.signal = 2;
        it.to_all = true;
        it.grace = 10s;
        it.second_signal = 15;
        it.second_after = 1s;
    }));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike all:2"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:15 [second_signal]"});
    EXPECT_EQ(machine.now(), 1s);
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 10s);
}

TEST(PlainSequence, SendsNoSecondSignalAfterSigkill) {
    auto machine = machine_for(plan([](auto& it) {
        it.grace = 1s;
        it.second_signal = 15;
        it.second_after = 2s;
    }));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.next(), lines{"end"});
}

TEST(PlainSequence, GivesUpOnWhatDoesNotEndBySigkill) {
    auto machine = machine_for(plan([](auto& it) { it.grace = 1s; }));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    static_cast<void>(machine.next());
    EXPECT_EQ(machine.next(), lines{"end"});
    EXPECT_EQ(machine.now(), 11s);
    EXPECT_NE(machine.notes().find("after SIGKILL"), std::string::npos);
}

TEST(PlainSequence, WaitsForEverWithoutALimit) {
    auto machine = machine_for(plan([](auto& it) { it.grace = std::chrono::nanoseconds::max(); }));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_TRUE(machine.waits_for_no_time());
}

TEST(DockerSequence, KillsPidOneWhoseEndIsThatOfItsNamespace) {
    auto machine = machine_for(plan([](auto& it) {
        it.kind = sequence_kind::docker;
        it.signal = 3;
        it.grace = 10s;
    }));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike main:3"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send main:9 [killed]"});
    EXPECT_EQ(machine.now(), 10s);
}

TEST(CrashSequence, KillsAtOnceAndSendsNothingElse) {
    auto machine = machine_for(plan([](auto& it) {
        it.kind = sequence_kind::crash;
        it.second_signal = 15;
    }));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike all:9 [killed]"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"end"}) << "only its patience is left";
}

TEST(RollingSequence, StopsTheOldOneWhenTheNewOneIsReadyAndLeavesTheRoutes) {
    auto machine = machine_for(plan([](auto& it) { it.kind = sequence_kind::rolling; }));
    EXPECT_EQ(machine.tell(begun), lines{"start successor"});
    machine.pass(2s);
    EXPECT_EQ(machine.tell(successor, 0), lines{"strike main:15"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 32s);
}

TEST(RollingSequence, EndsWithoutAStopWhenTheNewOneIsNotReady) {
    auto machine = machine_for(plan([](auto& it) { it.kind = sequence_kind::rolling; }));
    static_cast<void>(machine.tell(begun));
    EXPECT_EQ(machine.tell(successor, 1), lines{"end"});
}

TEST(ReloadSequence, SignalsAndLetsTheServiceSettle) {
    auto machine = machine_for(plan([](auto& it) {
        it.kind = sequence_kind::reload;
        it.signal = 1;
        it.settle = 2s;
    }));
    EXPECT_EQ(machine.tell(begun), lines{"strike main:1"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"end"});
    EXPECT_EQ(machine.now(), 2s);
}

TEST(ReloadSequence, SettlesOnlyWhenTheCommandHasEnded) {
    auto machine = machine_for(plan([](auto& it) {
        it.kind = sequence_kind::reload;
        it.event = {"nginx", "-s", "reload"};
        it.settle = 2s;
    }));
    EXPECT_EQ(machine.tell(begun), lines{"strike nginx -s reload"});
    static_cast<void>(machine.tell(struck));
    machine.pass(5s);
    EXPECT_EQ(machine.tell(command_ended, 0), lines{"say [event_ended]"});
    EXPECT_EQ(machine.next(), lines{"end"});
    EXPECT_EQ(machine.now(), 7s);
}

TEST(AnyEvent, WithdrawsNoRoutesAndAsksNobodyToEnd) {
    const auto chosen = plan([](auto& it) {
        it.event = {"lastcall", "deploy", "web"};
        it.settle = 2s;
    });
    EXPECT_TRUE(chosen.is_lived_through());
    auto machine = machine_for(chosen);
    EXPECT_EQ(machine.tell(begun), lines{"strike lastcall deploy web"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.tell(main_ended), lines{}) << "a deploy replaces it";
    machine.pass(1s);
    EXPECT_EQ(machine.tell(command_ended, 0), lines{"say [event_ended]"});
    EXPECT_EQ(machine.next(), lines{"end"});
    EXPECT_EQ(machine.now(), 3s);
}

TEST(ReloadSequence, DoesNotWaitForACommandBeyondTheGrace) {
    auto machine = machine_for(plan([](auto& it) {
        it.kind = sequence_kind::reload;
        it.event = {"deploy"};
        it.grace = 60s;
        it.settle = 2s;
    }));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"abandon"});
    EXPECT_EQ(machine.next(), lines{"end"});
    EXPECT_EQ(machine.now(), 62s);
}

TEST(ExternalStop, LetsThePlatformStopAndOnlyWaits) {
    const auto chosen = plan([](auto& it) {
        it.kind = sequence_kind::docker;
        it.grace = 10s;
    });
    told_machine machine(make_stop_machine(chosen, {"docker", "stop", "web"}));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike docker stop web"});
    static_cast<void>(machine.tell(struck));
    machine.pass(3s);
    EXPECT_EQ(machine.tell(main_ended), lines{});
    EXPECT_EQ(machine.tell(command_ended, 0), (lines{"say [event_ended]", "end"}));
}

TEST(ExternalStop, EndsWhenItsCommandFailsAndTheProcessIsStillThere) {
    told_machine machine(make_stop_machine(plan([](auto&) {}), {"systemctl", "stop", "web"}));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.tell(command_ended, 1), (lines{"say [event_ended]", "end"}));
    EXPECT_NE(machine.notes().find("failed"), std::string::npos);
}

TEST(ExternalStop, DoesNotWaitForEverForACommandThatHangs) {
    const auto chosen = plan([](auto& it) { it.grace = 10s; });
    told_machine machine(make_stop_machine(chosen, {"docker", "stop", "web"}));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), (lines{"abandon", "end"}));
    EXPECT_EQ(machine.now(), 40s);
}

TEST(ExternalStop, TakesTheEventCommandOfAStopBeforeThatOfThePlatform) {
    const auto chosen = plan([](auto& it) {
        it.kind = sequence_kind::docker;
        it.event = {"./stop.sh"};
    });
    told_machine machine(make_stop_machine(chosen, {"docker", "stop", "web"}));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike ./stop.sh"});
}

TEST(ExternalStop, CrashIsOursAlsoForAContainer) {
    const auto chosen = plan([](auto& it) { it.kind = sequence_kind::crash; });
    told_machine machine(make_stop_machine(chosen, {"docker", "stop", "web"}));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike all:9 [killed]"});
}

}  // namespace
}  // namespace lastcall::drill
