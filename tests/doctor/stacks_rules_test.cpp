// L38, and the stacks that other findings get as evidence.
#include <gtest/gtest.h>

#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

using namespace std::chrono_literals;
using doctor::seen;

/// A thread in futex(2) at both looks, and these functions on its stack; "(signal)" is one.
seen waiting_in(const std::vector<std::string>& functions) {
    auto of = both({server(50)});
    for (auto* each : {&of.first, &of.second}) {
        auto& main = each->processes.at(50).threads.threads.front();
        main.call_name = "futex";
        main.call_arguments = "0x7f00 0x80";
    }
    doctor::thread_stack stack{50, {}, 120us};
    for (const auto& name : functions) {
        stack.frames.push_back({1, name == "(signal)" ? "" : name, "app", name == "(signal)"});
    }
    of.second.processes.at(50).stacks.push_back(stack);
    return of;
}

TEST(Stacks, AHandlerThatWaitsForWhatItHasInterrupted) {
    const auto found =
        findings_of(waiting_in({"malloc", "on_term", "(signal)", "", "__libc_malloc", "main"}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().rule, "L38");
    EXPECT_EQ(found.front().sure, core::confidence::likely);
    EXPECT_EQ(found.front().by.front().field, "stack of thread 50, stopped for it for 120 us");
    EXPECT_EQ(found.front().by.front().value,
              "malloc < on_term < (signal) < ? of app < __libc_malloc < main");
}

TEST(Stacks, WhatIsInterruptedMayHaveTheLock) {
    const auto found = findings_of(
        waiting_in({"__lll_lock_wait", "pthread_mutex_lock", "on_term", "(signal)", "main"}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().sure, core::confidence::hint);
}

TEST(Stacks, OtherStacksAreNoFault) {
    EXPECT_EQ(rules_of(waiting_in({"pthread_mutex_lock", "work", "main"})), "") << "no handler";
    EXPECT_EQ(rules_of(waiting_in({"read", "on_term", "(signal)", "malloc", "main"})), "")
        << "the handler takes no lock";
    auto of = waiting_in({"malloc", "on_term", "(signal)", "malloc", "main"});
    of.first.processes.at(50).threads.threads.front().call_arguments = "0x8f00 0x80";
    EXPECT_EQ(rules_of(of), "") << "it goes on: it was another lock";
    of.first = of.second;
    of.second.processes.at(50).threads.threads.front().call_name = "epoll_wait";
    EXPECT_EQ(rules_of(of), "") << "it has gone on";
}

TEST(Stacks, AreEvidenceOfWhatTheThreadIsSaidToDo) {
    auto of = waiting_in({"read", "wait_for_answer", "main"});
    of.since = 5s;
    const auto found = findings_of(of);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().rule, "L09");
    EXPECT_EQ(found.front().by.back().value, "read < wait_for_answer < main");
}

}  // namespace
}  // namespace lastcall::doctor_test
