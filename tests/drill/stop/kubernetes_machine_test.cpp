#include <gtest/gtest.h>

#include "machine_support.hpp"
#include "support.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using enum happening::kind;
using lines = std::vector<std::string>;
using testing::told_machine;

sequence_plan pod(std::chrono::nanoseconds grace, std::chrono::nanoseconds route_lag = {}) {
    sequence_plan plan;
    plan.kind = sequence_kind::kubernetes;
    plan.grace = grace;
    plan.route_lag = route_lag;
    return plan;
}

sequence_plan pod_with_sleep(std::chrono::nanoseconds grace, std::chrono::nanoseconds sleep,
                             std::chrono::nanoseconds route_lag = {}) {
    auto plan = pod(grace, route_lag);
    plan.pre_stop.what = pre_stop_plan::kind::sleep;
    plan.pre_stop.sleep = sleep;
    return plan;
}

sequence_plan pod_with_exec(std::chrono::nanoseconds grace) {
    auto plan = pod(grace);
    plan.pre_stop = testing::hook({"drain"});
    return plan;
}

TEST(KubernetesSequence, SignalsAtOnceWithoutAHookThoughRoutesLag) {
    told_machine machine(make_stop_machine(pod(30s, 5s)));
    EXPECT_EQ(machine.tell(begun), lines{"strike main:15"});
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"withdraw [routes_withdrawn]"});
    EXPECT_EQ(machine.now(), 5s);
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 30s);
}

TEST(KubernetesSequence, WithdrawsAndStrikesInOneTurnWithoutHookAndLag) {
    told_machine machine(make_stop_machine(pod(30s)));
    EXPECT_EQ(machine.tell(begun), lines{"withdraw and strike main:15"});
}

TEST(KubernetesSequence, RunsBothClocksFromTheDelete) {
    told_machine machine(make_stop_machine(pod_with_sleep(30s, 10s, 4s)));
    EXPECT_EQ(machine.tell(begun), lines{"pause begins [pre_stop_begun]"});
    EXPECT_EQ(machine.next(), lines{"withdraw [routes_withdrawn]"});
    EXPECT_EQ(machine.now(), 4s);
    EXPECT_EQ(machine.next(), (lines{"pause ended [pre_stop_ended]", "strike main:15"}));
    EXPECT_EQ(machine.now(), 10s);
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 30s) << "the hook counts inside the grace";
}

TEST(KubernetesSequence, WithdrawsRoutesAtTheDeleteWhenNothingLags) {
    told_machine machine(make_stop_machine(pod_with_sleep(30s, 10s)));
    EXPECT_EQ(machine.tell(begun),
              (lines{"withdraw [routes_withdrawn]", "pause begins [pre_stop_begun]"}));
}

TEST(KubernetesSequence, WithdrawsRoutesAfterTheSignalWhenTheyLagLonger) {
    told_machine machine(make_stop_machine(pod_with_sleep(30s, 2s, 4s)));
    static_cast<void>(machine.tell(begun));
    EXPECT_EQ(machine.next(), (lines{"pause ended [pre_stop_ended]", "strike main:15"}));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"withdraw [routes_withdrawn]"});
    EXPECT_EQ(machine.now(), 4s);
}

TEST(KubernetesSequence, LeavesTwoSecondsAfterAHookThatTookAllOfTheGrace) {
    told_machine machine(make_stop_machine(pod_with_exec(30s)));
    EXPECT_EQ(machine.tell(begun),
              (lines{"withdraw [routes_withdrawn]", "run drain [pre_stop_begun]"}));
    EXPECT_EQ(machine.next(), (lines{"abandon", "pause ended [pre_stop_ended]", "strike main:15"}));
    EXPECT_EQ(machine.now(), 30s);
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send all:9 [killed]"});
    EXPECT_EQ(machine.now(), 32s);
}

TEST(KubernetesSequence, LeavesTwoSecondsAlsoWhereLessIsLeft) {
    told_machine machine(make_stop_machine(pod_with_exec(30s)));
    static_cast<void>(machine.tell(begun));
    machine.pass(29s);
    EXPECT_EQ(machine.tell(command_ended, 0),
              (lines{"pause ended [pre_stop_ended]", "strike main:15"}));
    static_cast<void>(machine.tell(struck));
    static_cast<void>(machine.next());
    EXPECT_EQ(machine.now(), 31s);
}

TEST(KubernetesSequence, GoesOnWhenTheHookFails) {
    told_machine machine(make_stop_machine(pod_with_exec(30s)));
    static_cast<void>(machine.tell(begun));
    machine.pass(1s);
    EXPECT_EQ(machine.tell(command_ended, 1),
              (lines{"pause ended [pre_stop_ended]", "strike main:15"}));
}

TEST(KubernetesSequence, AsksAnHttpHook) {
    auto plan = pod(30s);
    plan.pre_stop.what = pre_stop_plan::kind::http_get;
    plan.pre_stop.url = "http://127.0.0.1:80/drain";
    told_machine machine(make_stop_machine(plan));
    EXPECT_EQ(machine.tell(begun), (lines{"withdraw [routes_withdrawn]",
                                          "fetch http://127.0.0.1:80/drain [pre_stop_begun]"}));
}

TEST(KubernetesSequence, IsOverWhenTheHookStopsTheService) {
    told_machine machine(make_stop_machine(pod_with_exec(30s)));
    static_cast<void>(machine.tell(begun));
    EXPECT_EQ(machine.tell(main_ended), lines{"end"});
    EXPECT_NE(machine.notes().find("during preStop"), std::string::npos);
}

TEST(KubernetesSequence, SendsTheSecondSignalAfterTheFirst) {
    auto plan = pod(30s);
    plan.second_signal = 2;
    plan.second_after = 3s;
    told_machine machine(make_stop_machine(plan));
    static_cast<void>(machine.tell(begun));
    static_cast<void>(machine.tell(struck));
    EXPECT_EQ(machine.next(), lines{"send main:2 [second_signal]"});
    EXPECT_EQ(machine.now(), 3s);
}

}  // namespace
}  // namespace lastcall::drill
