// An agent that comes back: from every state, with everything that it can see.
#include <gtest/gtest.h>

#include <string>

#include "core/deploy_machine.hpp"

namespace {

using namespace std::chrono_literals;
using lastcall::core::deploy_action;
using lastcall::core::deploy_machine;
using lastcall::core::deploy_sight;
using lastcall::core::deploy_state;
using lastcall::core::deploy_terms;
using side = deploy_sight::side;

constexpr auto was_entered = 100s;
constexpr auto back_again = 103s;

deploy_terms usual() {
    deploy_terms terms;
    terms.bake_for = 5s;
    return terms;
}

std::string resume(deploy_state state, const deploy_sight& sight,
                   const deploy_terms& terms = usual()) {
    auto machine = deploy_machine::resume(terms, state, was_entered, sight, back_again, "before");
    std::string text(to_string(machine.state()));
    text += ":";
    for (const deploy_action one : machine.resumed()) {
        text += " " + std::string(to_string(one));
    }
    return text;
}

/// What is to be done, in other words than the machine's: the rule of docs and header.
std::string expected(deploy_state state, const deploy_sight& s) {
    const bool is_good = s.new_lives && s.new_is_ready;
    const std::string stop_or_end = s.new_lives ? "rolling_back: stop_new" : "rolled_back: finish";
    switch (state) {
        case deploy_state::planned:
            return "approved: start_new";
        case deploy_state::approved:
        case deploy_state::spawned:
            if (is_good) {
                return "cut: steer_to_new";
            }
            if (s.new_lives) {
                return "spawned: watch_ready";
            }
            if (state == deploy_state::approved && !s.new_has_ended) {
                return "approved: start_new";
            }
            // Since `spawned` a steering may have been asked for without another record.
            return s.old_lives && (s.steered == side::to_new ||
                                   (state == deploy_state::spawned && s.steered != side::to_old))
                       ? "rolling_back: steer_to_old"
                       : stop_or_end;
        case deploy_state::ready:
            if (is_good && (s.steered == side::to_old || !s.old_lives)) {
                return "cut: steer_to_new";
            }
            return s.old_lives && s.steered != side::to_old ? "rolling_back: steer_to_old"
                                                            : stop_or_end;
        case deploy_state::cut:
            if (is_good && s.steered == side::to_new) {
                return s.old_lives ? "baking: begin_bake" : "done: promote finish";
            }
            if (is_good && (s.steered == side::to_old || !s.old_lives)) {
                return "cut: steer_to_new";
            }
            return s.old_lives && s.steered != side::to_old ? "rolling_back: steer_to_old"
                                                            : stop_or_end;
        case deploy_state::baking:
            if (s.new_lives && !s.old_lives) {
                return "done: promote finish";
            }
            if (is_good && s.steered == side::to_new) {
                return s.waits_for_person ? "baking:" : "baking: begin_bake";
            }
            return s.old_lives && s.steered != side::to_old ? "rolling_back: steer_to_old"
                                                            : stop_or_end;
        case deploy_state::draining_old:
            return s.old_lives ? "draining_old: promote stop_old" : "done: promote finish";
        case deploy_state::rolling_back:
            return s.old_lives && s.steered != side::to_old ? "rolling_back: steer_to_old"
                                                            : stop_or_end;
        case deploy_state::done:
            return "done: promote finish";
        case deploy_state::rolled_back:
        case deploy_state::rejected:
            break;
    }
    return std::string(to_string(state)) + ": finish";
}

TEST(DeployResume, FromEveryStateWithEverythingThatCanBeSeen) {
    for (int state = 0; state <= static_cast<int>(deploy_state::rejected); ++state) {
        for (unsigned bits = 0; bits < 32; ++bits) {
            for (const side where : {side::unknown, side::to_old, side::to_new}) {
                deploy_sight sight;
                sight.new_lives = (bits & 1U) != 0;
                sight.new_is_ready = (bits & 2U) != 0;
                sight.old_lives = (bits & 4U) != 0;
                sight.new_has_ended = (bits & 8U) != 0;
                sight.waits_for_person = (bits & 16U) != 0;
                sight.steered = where;
                const auto from = static_cast<deploy_state>(state);
                EXPECT_EQ(resume(from, sight), expected(from, sight))
                    << to_string(from) << " new_lives=" << sight.new_lives
                    << " new_is_ready=" << sight.new_is_ready << " old_lives=" << sight.old_lives
                    << " steered=" << static_cast<int>(where);
            }
        }
    }
}

TEST(DeployResume, AnApprovalThatIsStillOpenIsAskedForAgainAndExpiresWhenItWouldHave) {
    deploy_terms terms = usual();
    terms.needs_approval = true;
    auto machine = deploy_machine::resume(terms, deploy_state::planned, was_entered,
                                          {.old_lives = true}, back_again);
    ASSERT_EQ(machine.resumed().size(), 1U);
    EXPECT_EQ(machine.resumed()[0], deploy_action::ask_approval);
    EXPECT_EQ(machine.next_wake(), was_entered + 24h);
}

TEST(DeployResume, TheTimeToGetReadyGoesOn) {
    const auto machine = deploy_machine::resume(usual(), deploy_state::spawned, was_entered,
                                                {.new_lives = true, .old_lives = true}, back_again);
    EXPECT_EQ(machine.next_wake(), was_entered + 60s);
}

TEST(DeployResume, WhoMayHaveTheTrafficAlreadyIsAskedAnewAndGivesItBackBeforeItIsStopped) {
    for (const side where : {side::to_new, side::unknown}) {
        auto machine = deploy_machine::resume(
            usual(), deploy_state::spawned, was_entered,
            {.new_lives = true, .old_lives = true, .steered = where}, back_again);
        ASSERT_EQ(machine.state(), deploy_state::spawned);
        auto forward = machine;
        EXPECT_EQ(forward.new_ready(back_again).front(), deploy_action::steer_to_new);
        const auto back = machine.passed(was_entered + 60s);
        ASSERT_EQ(back.size(), 1U);
        EXPECT_EQ(back.front(), deploy_action::steer_to_old);
        EXPECT_EQ(machine.steered(was_entered + 61s).front(), deploy_action::stop_new);
    }
}

TEST(DeployResume, ASteeringThatIsRefusedLeavesTheTrafficWhereItWasFound) {
    for (const side where : {side::to_old, side::to_new}) {
        auto machine = deploy_machine::resume(
            usual(), deploy_state::spawned, was_entered,
            {.new_lives = true, .new_is_ready = true, .old_lives = true, .steered = where},
            back_again);
        ASSERT_EQ(machine.state(), deploy_state::cut);
        EXPECT_EQ(machine.steer_failed(back_again, "no").front(),
                  where == side::to_new ? deploy_action::steer_to_old : deploy_action::stop_new);
    }
}

TEST(DeployResume, AStartIsNotRepeatedForEver) {
    auto machine = deploy_machine::resume(usual(), deploy_state::approved, was_entered,
                                          {.old_lives = true}, was_entered + 61s);
    machine.passed(was_entered + 61s);
    EXPECT_EQ(machine.state(), deploy_state::rolling_back);
}

TEST(DeployResume, ABakeBeginsAnewBecauseNobodyHasLookedMeanwhile) {
    const auto machine = deploy_machine::resume(
        usual(), deploy_state::baking, was_entered,
        {.new_lives = true, .new_is_ready = true, .old_lives = true, .steered = side::to_new},
        back_again);
    EXPECT_EQ(machine.next_wake(), back_again + 5s);
}

TEST(DeployResume, ABakeThatHasFailedStillWaitsForAPerson) {
    deploy_terms terms = usual();
    terms.rolls_back_by_itself = false;
    auto machine = deploy_machine::resume(terms, deploy_state::baking, was_entered,
                                          {.new_lives = true,
                                           .new_is_ready = true,
                                           .old_lives = true,
                                           .waits_for_person = true,
                                           .steered = side::to_new},
                                          back_again, "slow");
    EXPECT_TRUE(machine.waits_for_person());
    EXPECT_EQ(machine.next_wake(), std::nullopt);
    EXPECT_EQ(machine.reason(), "slow");
    machine.approved(back_again);
    EXPECT_EQ(machine.state(), deploy_state::draining_old);
}

TEST(DeployResume, TheWayBackKeepsItsReason) {
    const auto machine =
        deploy_machine::resume(usual(), deploy_state::rolling_back, was_entered,
                               {.new_lives = true, .old_lives = true}, back_again, "slow");
    EXPECT_EQ(machine.reason(), "slow");
    EXPECT_EQ(machine.next_wake(), back_again + 10s);
}

TEST(DeployResume, AClockThatBeganAnewAfterARebootDoesNotReachIntoTheFuture) {
    const auto machine = deploy_machine::resume(usual(), deploy_state::spawned, 1000s,
                                                {.new_lives = true, .old_lives = true}, 10s);
    EXPECT_EQ(machine.next_wake(), 70s);
}

}  // namespace
