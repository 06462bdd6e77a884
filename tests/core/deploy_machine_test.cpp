#include "core/deploy_machine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using lastcall::core::deploy_action;
using lastcall::core::deploy_machine;
using lastcall::core::deploy_state;
using lastcall::core::deploy_terms;

deploy_terms usual() {
    deploy_terms terms;
    terms.needs_approval = true;
    terms.ready_within = 60s;
    terms.steer_within = 10s;
    terms.bake_for = 5s;
    return terms;
}

/// "cut: steer_to_new": where it is now, and what it wants.
std::string say(const deploy_machine& machine, deploy_machine::actions what) {
    std::string text(to_string(machine.state()));
    text += ":";
    for (const deploy_action one : what) {
        text += " " + std::string(to_string(one));
    }
    return text;
}

using step = deploy_machine::actions (*)(deploy_machine&, deploy_machine::time);

/// Everything that can happen; `wake` is the time of next_wake.
const std::map<std::string, step> events{
    {"begin", [](auto& m, auto t) { return m.begin(t); }},
    {"approved", [](auto& m, auto t) { return m.approved(t); }},
    {"rejected", [](auto& m, auto t) { return m.rejected(t, "no"); }},
    {"new_started", [](auto& m, auto t) { return m.new_started(t); }},
    {"new_failed", [](auto& m, auto t) { return m.new_failed(t, "bad"); }},
    {"new_ready", [](auto& m, auto t) { return m.new_ready(t); }},
    {"steered", [](auto& m, auto t) { return m.steered(t); }},
    {"steer_failed", [](auto& m, auto t) { return m.steer_failed(t, "no way"); }},
    {"bake_failed", [](auto& m, auto t) { return m.bake_failed(t, "slow"); }},
    {"new_ended", [](auto& m, auto t) { return m.new_ended(t); }},
    {"old_ended", [](auto& m, auto t) { return m.old_ended(t); }},
    {"old_started", [](auto& m, auto t) { return m.old_started(t); }},
    {"abort", [](auto& m, auto t) { return m.abort(t, "want it back"); }},
    {"wake", [](auto& m, auto t) { return m.passed(m.next_wake().value_or(t)); }},
};

/// A machine after these events, a millisecond apart.
deploy_machine after(const std::vector<std::string>& path, const deploy_terms& terms = usual()) {
    deploy_machine machine(terms);
    machine.begin(0s);
    deploy_machine::time now = 0s;
    for (const std::string& one : path) {
        now += 1ms;
        events.at(one)(machine, now);
    }
    return machine;
}

std::string hit(const deploy_machine& from, const std::string& event) {
    deploy_machine machine = from;
    const auto what = events.at(event)(machine, 100ms);
    return say(machine, what);
}

struct row {
    std::vector<std::string> path;
    std::map<std::string, std::string> answers;  ///< every other event changes nothing
};

void check_row(const row& one, const deploy_terms& terms = usual()) {
    const deploy_machine from = after(one.path, terms);
    const std::string unchanged = std::string(to_string(from.state())) + ":";
    for (const auto& [event, unused] : events) {
        const auto answer = one.answers.find(event);
        EXPECT_EQ(hit(from, event), answer == one.answers.end() ? unchanged : answer->second)
            << "event " << event << " in " << unchanged << " after "
            << (one.path.empty() ? "begin" : one.path.back());
    }
}

const std::vector<std::string> to_spawned{"approved", "new_started"};
const std::vector<std::string> to_cut{"approved", "new_started", "new_ready"};
const std::vector<std::string> to_baking{"approved", "new_started", "new_ready", "steered"};
const std::vector<std::string> to_draining{"approved", "new_started", "new_ready", "steered",
                                           "wake"};

std::vector<std::string> operator+(std::vector<std::string> path, const std::string& next) {
    path.push_back(next);
    return path;
}

TEST(DeployMachine, AnswersEveryEventBeforeTheNewOneIsThere) {
    check_row({{},
               {{"begin", "planned: ask_approval"},
                {"approved", "approved: start_new"},
                {"rejected", "rejected: finish"},
                {"abort", "rejected: finish"},
                {"wake", "rejected: finish"}}});
    check_row({{"approved"},
               {{"new_started", "spawned: watch_ready"},
                {"new_failed", "rolled_back: finish"},
                {"new_ready", "cut: steer_to_new"},
                {"new_ended", "rolled_back: finish"},
                {"abort", "rolling_back: stop_new"},
                {"wake", "rolling_back: stop_new"}}});
    check_row({to_spawned,
               {{"new_failed", "rolling_back: stop_new"},
                {"new_ready", "cut: steer_to_new"},
                {"new_ended", "rolled_back: finish"},
                {"abort", "rolling_back: stop_new"},
                {"wake", "rolling_back: stop_new"}}});
}

TEST(DeployMachine, AnswersEveryEventWhileConnectionsMoveAndAreWatched) {
    check_row({to_cut,
               {{"new_failed", "rolling_back: steer_to_old"},
                {"steered", "baking: begin_bake"},
                {"steer_failed", "rolling_back: stop_new"},
                {"new_ended", "rolling_back: steer_to_old"},
                {"abort", "rolling_back: steer_to_old"},
                {"wake", "rolling_back: steer_to_old"}}});
    check_row({to_baking,
               {{"new_failed", "rolling_back: steer_to_old"},
                {"bake_failed", "rolling_back: steer_to_old"},
                {"new_ended", "rolling_back: steer_to_old"},
                {"old_ended", "done: promote finish"},
                {"abort", "rolling_back: steer_to_old"},
                {"wake", "draining_old: promote stop_old"}}});
}

TEST(DeployMachine, AnswersEveryEventWhileABakeThatFailedWaitsForAPerson) {
    deploy_terms terms = usual();
    terms.rolls_back_by_itself = false;
    check_row({to_baking + "bake_failed",
               {{"approved", "draining_old: promote stop_old"},
                {"rejected", "rolling_back: steer_to_old"},
                {"new_failed", "rolling_back: steer_to_old"},
                {"new_ended", "rolling_back: steer_to_old"},
                {"old_ended", "done: promote finish"},
                {"abort", "rolling_back: steer_to_old"}}},
              terms);
    EXPECT_TRUE(after(to_baking + "bake_failed", terms).waits_for_person());
    EXPECT_EQ(after(to_baking + "bake_failed", terms).next_wake(), std::nullopt)
        << "no clock runs while a person thinks";
    EXPECT_FALSE(after(to_baking + "bake_failed" + "abort", terms).waits_for_person());
    EXPECT_FALSE(after(to_baking + "bake_failed" + "approved", terms).waits_for_person());
}

TEST(DeployMachine, AnswersEveryEventOnTheWayBack) {
    check_row({to_baking + "abort",
               {{"steered", "rolling_back: stop_new"},
                {"old_ended", "rolling_back: stop_new"},
                {"wake", "rolling_back: steer_to_old"}}});
    check_row({to_baking + "abort" + "steer_failed",
               {{"steered", "rolling_back: stop_new"},
                {"old_ended", "rolling_back: stop_new"},
                {"wake", "rolling_back: steer_to_old"}}});
    check_row({to_baking + "abort" + "new_ended",
               {{"steered", "rolled_back: finish"},
                {"old_ended", "rolled_back: finish"},
                {"wake", "rolling_back: steer_to_old"}}});
    check_row({to_baking + "abort" + "steered", {{"new_ended", "rolled_back: finish"}}});
    check_row(
        {to_baking + "abort" + "old_ended",
         {{"new_ended", "rolled_back: finish"}, {"old_started", "rolling_back: steer_to_old"}}});
    check_row({to_spawned + "abort", {{"new_ended", "rolled_back: finish"}}});
    check_row({{"approved", "abort"},
               {{"new_failed", "rolled_back: finish"}, {"new_ended", "rolled_back: finish"}}});
}

TEST(DeployMachine, AnswersEveryEventAfterThePointOfNoReturn) {
    check_row({to_draining, {{"old_ended", "done: finish"}}});
    check_row({to_draining + "new_ended", {{"old_ended", "done: finish"}}});
    check_row({to_draining + "old_ended", {}});
    check_row({to_spawned + "new_ended", {}});
    check_row({{"rejected"}, {}});
}

TEST(DeployMachine, AFirstStartHasNothingToBakeForAndNothingToGoBackTo) {
    deploy_terms terms = usual();
    terms.needs_approval = false;
    terms.has_old = false;
    const std::vector<std::string> spawned{"new_started"};
    check_row({{},
               {{"new_started", "spawned: watch_ready"},
                {"new_failed", "rolled_back: finish"},
                {"new_ready", "cut: steer_to_new"},
                {"new_ended", "rolled_back: finish"},
                {"abort", "rolling_back: stop_new"},
                {"wake", "rolling_back: stop_new"}}},
              terms);
    check_row({spawned,
               {{"new_failed", "rolling_back: stop_new"},
                {"new_ready", "cut: steer_to_new"},
                {"new_ended", "rolled_back: finish"},
                {"abort", "rolling_back: stop_new"},
                {"wake", "rolling_back: stop_new"}}},
              terms);
    check_row({spawned + "new_ready",
               {{"new_failed", "rolling_back: stop_new"},
                {"steered", "done: promote finish"},
                {"steer_failed", "rolling_back: stop_new"},
                {"new_ended", "rolled_back: finish"},
                {"abort", "rolling_back: stop_new"},
                {"wake", "rolling_back: stop_new"}}},
              terms);
}

TEST(DeployMachine, GoesOnWithoutABakeWhenTheOldOneEndsWhileTheNewOneStarts) {
    check_row({to_spawned + "old_ended" + "new_ready",
               {{"new_failed", "rolling_back: stop_new"},
                {"steered", "done: promote finish"},
                {"steer_failed", "rolling_back: stop_new"},
                {"new_ended", "rolled_back: finish"},
                {"abort", "rolling_back: stop_new"},
                {"wake", "rolling_back: stop_new"}}});
}

TEST(DeployMachine, AnOldOneThatWasStartedAgainIsGoneBackToAndDrained) {
    deploy_machine machine =
        after({"old_ended", "old_started", "approved", "new_started", "new_ready", "steered"});
    EXPECT_EQ(machine.state(), deploy_state::baking);
    EXPECT_EQ(hit(machine, "abort"), "rolling_back: steer_to_old");
    EXPECT_EQ(hit(machine, "wake"), "draining_old: promote stop_old");
}

TEST(DeployMachine, WithoutABakeTheOldOneIsToldToStopOnceTheSteeringIsConfirmed) {
    deploy_terms terms = usual();
    terms.bake_for = 0s;
    EXPECT_EQ(hit(after(to_cut, terms), "steered"), "draining_old: promote stop_old");
}

TEST(DeployMachine, NamesEveryStateThatItHasCrossed) {
    using states = std::vector<deploy_state>;
    const auto crossed = [](const deploy_machine& machine) {
        return states(machine.crossed().begin(), machine.crossed().end());
    };
    deploy_terms terms = usual();
    terms.needs_approval = false;
    EXPECT_EQ(crossed(after({}, terms)), (states{deploy_state::planned, deploy_state::approved}));
    EXPECT_EQ(crossed(after(to_cut)), (states{deploy_state::ready, deploy_state::cut}));
    EXPECT_EQ(crossed(after(to_spawned + "new_ended")),
              (states{deploy_state::rolling_back, deploy_state::rolled_back}));
    EXPECT_EQ(crossed(after(to_spawned + "steered")), states{}) << "nothing has changed";
}

TEST(DeployMachine, StartsTheClockOfTheStartWithTheApproval) {
    deploy_machine machine(usual());
    machine.begin(0s);
    EXPECT_EQ(machine.next_wake(), 24h);
    machine.approved(10h);
    EXPECT_EQ(machine.next_wake(), 10h + 60s);
    machine.new_started(10h + 50s);
    EXPECT_EQ(machine.next_wake(), 10h + 110s);
    machine.new_ready(10h + 55s);
    EXPECT_EQ(machine.next_wake(), 10h + 65s);
    machine.steered(10h + 56s);
    EXPECT_EQ(machine.next_wake(), 10h + 61s);
    EXPECT_EQ(machine.passed(10h + 60s).size(), 0U) << "a wake that comes early changes nothing";
}

TEST(DeployMachine, NeverLooksByItselfForAnApprovalThatIsNotNeeded) {
    deploy_terms terms = usual();
    terms.needs_approval = false;
    EXPECT_EQ(hit(deploy_machine(terms), "wake"), "planned:");
    EXPECT_EQ(hit(deploy_machine(terms), "approved"), "planned:");
}

TEST(DeployMachine, SaysWhyItWentBack) {
    EXPECT_EQ(after({"wake"}).reason(), "nobody approved it within 86400s");
    EXPECT_EQ(after({"approved", "wake"}).reason(), "it was not started within 60s");
    EXPECT_EQ(after(to_spawned + "wake").reason(), "it was not ready within 60s");
    EXPECT_EQ(after(to_spawned + "new_failed").reason(), "bad");
    EXPECT_EQ(after(to_cut + "wake").reason(),
              "new connections were not confirmed to go to it within 10s");
    EXPECT_EQ(after(to_baking + "bake_failed" + "old_ended").reason(),
              "slow; the old generation has ended, too");
    EXPECT_EQ(after(to_draining + "old_ended").reason(), "");
}

TEST(DeployMachine, ASteeringBackThatFailsIsTriedAgainASecondLater) {
    deploy_machine machine = after(to_baking);
    machine.abort(20s, "want it back");
    EXPECT_EQ(machine.next_wake(), 30s);
    machine.steer_failed(21s, "HAProxy is not there");
    EXPECT_EQ(machine.next_wake(), 22s);
    EXPECT_EQ(say(machine, machine.passed(22s)), "rolling_back: steer_to_old");
    EXPECT_EQ(machine.next_wake(), 32s);
}

TEST(DeployMachine, CanBeAbortedUntilTheOldOneIsToldToStop) {
    for (const auto& path : {std::vector<std::string>{}, std::vector<std::string>{"approved"},
                             to_spawned, to_cut, to_baking}) {
        EXPECT_TRUE(after(path).can_abort());
    }
    for (const auto& path : {to_draining, to_baking + "abort", to_draining + "old_ended"}) {
        EXPECT_FALSE(after(path).can_abort());
    }
}

TEST(DeployWords, AreReadAsTheyAreWritten) {
    for (int i = 0; i <= static_cast<int>(deploy_state::rejected); ++i) {
        const auto one = static_cast<deploy_state>(i);
        EXPECT_EQ(lastcall::core::to_deploy_state(to_string(one)), one);
    }
    EXPECT_EQ(lastcall::core::to_deploy_state("Planned"), std::nullopt);
    EXPECT_EQ(to_string(deploy_state::draining_old), "draining_old");
    EXPECT_EQ(to_string(deploy_action::promote), "promote");
}

TEST(DeployMachine, WaitsLongerForOneThatAsksForTimeAndNeverShorter) {
    auto machine = after({"approved", "new_started"});
    ASSERT_EQ(machine.state(), deploy_state::spawned);
    const auto limit = machine.next_wake().value();
    machine.new_needs(limit - 1s, 500ms);
    EXPECT_EQ(machine.next_wake(), limit);
    machine.new_needs(limit - 1s, 30s);
    EXPECT_EQ(machine.next_wake(), limit + 29s);
    machine.new_ready(limit);
    machine.new_needs(limit, 90s);
    EXPECT_EQ(machine.next_wake(), limit + 10s) << "to be steered to: that it does not prolong";
}

}  // namespace
