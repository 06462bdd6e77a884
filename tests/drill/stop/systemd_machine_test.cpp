#include <gtest/gtest.h>

#include "machine_support.hpp"
#include "support.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using enum happening::kind;
using lines = std::vector<std::string>;
using testing::told_machine;

template <typename Edit>
told_machine unit(const Edit& edit) {
    sequence_plan plan;
    plan.kind = sequence_kind::systemd;
    plan.grace = 90s;
    edit(plan);
    return told_machine(make_stop_machine(plan));
}

TEST(SystemdSequence, SignalsTheGroupContinuesItAndKillsItAfterTheTimeout) {
    auto machine = unit([](auto&) {});
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike all:15 all:18"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 90s);
    EXPECT_EQ(machine.tell(all_ended), lines{"end"});
}

TEST(SystemdSequence, IsOverWhenAllEnd) {
    auto machine = unit([](auto&) {});
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    machine.pass(1s);
    EXPECT_EQ(machine.tell(all_ended), lines{"end"});
}

TEST(SystemdSequence, AddsSighupWhereTheUnitAsksForIt) {
    auto machine = unit([](auto& it) { it.send_sighup = true; });
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike all:15 all:18 all:1"});
}

TEST(SystemdSequence, SendsNoSigcontAfterSigkill) {
    auto machine = unit([](auto& it) { it.signal = 9; });
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike all:9"});
}

TEST(SystemdSequence, SignalsTheRestAgainWithATimeoutOfItsOwnWhenTheMainProcessEndsFirst) {
    auto machine = unit([](auto&) {});
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    machine.pass(60s);
    EXPECT_EQ(machine.tell(main_ended), lines{"send all:15 all:18"});
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 150s);
    EXPECT_EQ(machine.tell(all_ended), lines{"end"});
}

TEST(SystemdSequence, MixedSignalsTheMainProcessAndKillsTheRestWhenItHasEnded) {
    auto machine = unit([](auto& it) { it.mode = kill_mode::mixed; });
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike main:15 main:18"});
    static_cast<void>(machine.tell(struck));
    machine.pass(1s);
    EXPECT_EQ(machine.tell(main_ended), lines{"send all:9"}) << "that is no failure of main";
    EXPECT_EQ(machine.tell(all_ended), lines{"end"});
}

TEST(SystemdSequence, MixedKillsAllOfTheGroupAfterTheTimeout) {
    auto machine = unit([](auto& it) { it.mode = kill_mode::mixed; });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
}

TEST(SystemdSequence, ProcessModeLeavesTheRestAlone) {
    auto machine = unit([](auto& it) { it.mode = kill_mode::process; });
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike main:15 main:18"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send main:9 [killed]"});
    EXPECT_EQ(machine.tell(main_ended), lines{"end"});
}

TEST(SystemdSequence, NoneSendsNothingAtAll) {
    auto machine = unit([](auto& it) { it.mode = kill_mode::none; });
    EXPECT_EQ(machine.tell(begun), (lines{"withdraw and strike", "end"}));
}

TEST(SystemdSequence, RunsExecStopFirstAndThenSignals) {
    auto machine = unit([](auto& it) { it.exec_stop = {{"quit", "$MAINPID"}, {"wait"}}; });
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike quit $MAINPID"});
    static_cast<void>(machine.tell(struck));
    machine.pass(80s);
    EXPECT_EQ(machine.tell(command_ended, 0), lines{"run wait"});
    machine.pass(80s);
    EXPECT_EQ(machine.tell(command_ended, 0), lines{"send all:15 all:18"});
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 250s) << "each phase has the timeout anew";
}

TEST(SystemdSequence, GivesUpOnAnExecStopThatTakesTooLong) {
    auto machine = unit([](auto& it) { it.exec_stop = {{"quit"}, {"never"}}; });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), (lines{"abandon", "send all:15 all:18"}));
    EXPECT_EQ(machine.now(), 90s);
}

TEST(SystemdSequence, SkipsTheRestOfExecStopAfterAFailureUnlessItMayFail) {
    auto strict = unit([](auto& it) { it.exec_stop = {{"one"}, {"two"}}; });
    static_cast<void>(strict.tell(begun));
    EXPECT_EQ(strict.tell(command_ended, 1), lines{"send all:15 all:18"});

    auto lenient = unit([](auto& it) { it.exec_stop = {{"-one"}, {"two"}}; });
    EXPECT_EQ(lenient.tell(begun), lines{"withdraw and strike one"});
    EXPECT_EQ(lenient.tell(command_ended, 1), lines{"run two"});
}

TEST(SystemdSequence, SendsNoSignalWhenExecStopHasEndedAllOfIt) {
    auto machine = unit([](auto& it) { it.exec_stop = {{"quit"}}; });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.tell(all_ended), lines{});
    EXPECT_EQ(machine.tell(main_ended), lines{});
    EXPECT_EQ(machine.tell(command_ended, 0), lines{"end"});
}

TEST(SystemdSequence, RunsExecStopPostWhenTheMainProcessHasEnded) {
    auto machine = unit([](auto& it) { it.exec_stop_post = {{"clean"}, {"report"}}; });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    machine.pass(1s);
    EXPECT_EQ(machine.tell(all_ended), lines{"run clean"});
    EXPECT_EQ(machine.tell(main_ended), lines{});
    EXPECT_EQ(machine.tell(command_ended, 0), lines{"run report"});
    EXPECT_EQ(machine.next(), (lines{"abandon", "end"}));
    EXPECT_EQ(machine.now(), 91s);
}

TEST(SystemdSequence, ExtendsTheTimeoutOfThePhaseAndNeverShortensIt) {
    auto machine = unit([](auto& it) { it.grace = 10s; });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    machine.pass(2s);
    static_cast<void>(machine.extend(3s));
    machine.pass(7s);
    static_cast<void>(machine.extend(30s));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 39s);
}

TEST(SystemdSequence, LeavesItRunningWithoutSendSigkill) {
    auto machine = unit([](auto& it) {
        it.send_sigkill = false;
        it.mode = kill_mode::process;
    });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), (lines{"say", "end"}));
    EXPECT_NE(machine.notes().find("SendSIGKILL=no"), std::string::npos);
}

TEST(SystemdSequence, SendsFinalKillSignalInsteadOfSigkill) {
    auto machine = unit([](auto& it) { it.final_signal = 6; });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:6 [killed]"});
}

TEST(SystemdSequence, GoesThroughAllPhasesWhenNothingHelps) {
    auto machine = unit([](auto& it) {
        it.grace = 10s;
        it.mode = kill_mode::mixed;
        it.exec_stop = {{"quit"}};
        it.exec_stop_post = {{"clean"}};
    });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), (lines{"abandon", "send main:15 main:18"}));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.next(), (lines{"say", "run clean"}));
    EXPECT_EQ(machine.next(), (lines{"abandon", "send all:9"}));
    EXPECT_EQ(machine.next(), lines{"end"});
    EXPECT_EQ(machine.now(), 50s);
}

TEST(SystemdSequence, HasNoTimeoutWhereTheUnitHasNone) {
    auto machine = unit([](auto& it) { it.grace = std::chrono::nanoseconds::max(); });
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_TRUE(machine.waits_for_no_time());
}

}  // namespace
}  // namespace lastcall::drill
