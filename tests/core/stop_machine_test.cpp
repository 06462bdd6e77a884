#include "core/stop_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/grace.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;
using lastcall::state;

const time_point t0 = time_point(std::chrono::hours(1000));

step_spec step(double weight = 1.0) { return {true, 0s, weight}; }

part_spec part_with(std::string name, std::vector<std::string> uses, bool drain = true,
                    bool close = true) {
    part_spec p{std::move(name), true, std::move(uses), false, {}, {}};
    p.drain = drain ? step(8.0) : step_spec{};
    p.close = close ? step() : step_spec{};
    return p;
}

// Actions as short texts: "start http.drain", "force http", "draining".
std::vector<std::string> texts(const plan& p, const std::vector<action>& actions) {
    std::vector<std::string> out;
    for (const action& a : actions) {
        const std::string name = a.what == action::kind::enter_state ? "" : p.parts()[a.part].name;
        const std::string step = a.step == step_kind::drain ? ".drain" : ".close";
        switch (a.what) {
            case action::kind::enter_state:
                out.emplace_back(to_string(a.state));
                break;
            case action::kind::start:
                out.push_back("start " + name + step);
                break;
            case action::kind::force:
                out.push_back("force " + name);
                break;
            case action::kind::give_up:
                out.push_back("give up " + name + step);
                break;
        }
    }
    return out;
}

using list = std::vector<std::string>;

class Machine : public testing::Test {
protected:
    void make(std::vector<part_spec> specs,
              stop_settings settings = {.deadline = 10s, .force_window = 1s}) {
        plan_ = std::make_unique<plan>(std::move(specs));
        machine_ = std::make_unique<stop_machine>(*plan_, settings);
    }
    list begin(bool was_ready = true) { return texts(*plan_, machine_->begin(t0, was_ready)); }
    list ended(const std::string& name, step_kind kind, duration at, bool failed = false) {
        return texts(*plan_, machine_->step_ended(index(name), kind, failed, t0 + at));
    }
    list tick(duration at, duration last_arrival = 0s) {
        return texts(*plan_, machine_->tick(t0 + at, t0 + last_arrival));
    }
    std::size_t index(const std::string& name) const {
        for (std::size_t i = 0; i < plan_->parts().size(); ++i) {
            if (plan_->parts()[i].name == name) {
                return i;
            }
        }
        throw std::out_of_range(name);
    }
    std::unique_ptr<plan> plan_;
    std::unique_ptr<stop_machine> machine_;
};

constexpr auto drain = step_kind::drain;
constexpr auto close = step_kind::close;

TEST_F(Machine, WithNothingToStopIsDoneAtOnce) {
    make({});
    EXPECT_EQ(begin(), (list{"draining", "closing", "stopped"}));
    EXPECT_TRUE(machine_->finished());
    EXPECT_EQ(machine_->result(), result::clean);
}

TEST_F(Machine, DrainsUsersFirstThenClosesThemFirst) {
    make({part_with("db", {}), part_with("http", {"db"})});
    EXPECT_EQ(begin(), (list{"draining", "start http.drain"}));
    EXPECT_EQ(ended("http", drain, 1s), list{"start db.drain"});
    EXPECT_EQ(ended("db", drain, 2s), (list{"closing", "start http.close"}));
    EXPECT_EQ(ended("http", close, 3s), list{"start db.close"});
    EXPECT_EQ(ended("db", close, 4s), list{"stopped"});
    EXPECT_EQ(machine_->result(), result::clean);
}

TEST_F(Machine, RunsIndependentPartsInParallel) {
    make({part_with("db", {}), part_with("http", {"db"}), part_with("worker", {"db"})});
    EXPECT_EQ(begin(), (list{"draining", "start http.drain", "start worker.drain"}));
    EXPECT_EQ(ended("worker", drain, 1s), list{});
    EXPECT_EQ(ended("http", drain, 2s), list{"start db.drain"});
}

TEST_F(Machine, ClosesOnlyWhenEverythingHasDrained) {
    make({part_with("a", {}), part_with("b", {})});
    begin();
    EXPECT_EQ(ended("a", drain, 1s), list{});
    EXPECT_EQ(ended("b", drain, 2s), (list{"closing", "start a.close", "start b.close"}));
}

TEST_F(Machine, SkipsStepsThatDoNotExist) {
    make({part_with("db", {}, false, true), part_with("middle", {"db"}, false, false),
          part_with("http", {"middle"}, true, false)});
    EXPECT_EQ(begin(), (list{"draining", "start http.drain"}));
    EXPECT_EQ(ended("http", drain, 1s), (list{"closing", "start db.close"}));
    EXPECT_EQ(ended("db", close, 1s), list{"stopped"});
}

TEST_F(Machine, AStepThatFailsIsRecordedAndTheRestRuns) {
    make({part_with("db", {}), part_with("http", {"db"})});
    begin();
    EXPECT_EQ(ended("http", drain, 1s, true), list{"start db.drain"});
    ended("db", drain, 1s);
    ended("http", close, 1s);
    ended("db", close, 1s);
    EXPECT_EQ(machine_->result(), result::failed);
    EXPECT_TRUE(machine_->finished());
}

TEST_F(Machine, AnEndThatIsReportedTwiceChangesNothing) {
    make({part_with("db", {}), part_with("http", {"db"})});
    begin();
    ended("http", drain, 1s);
    EXPECT_EQ(ended("http", drain, 1s), list{});
    EXPECT_EQ(ended("db", close, 1s), list{}) << "it does not run yet";
}

TEST_F(Machine, AHungStepLosesOnlyItsOwnShare) {
    make({part_with("db", {}), part_with("http", {"db"})});
    begin();
    const step_trace& t = machine_->steps()[0];
    const duration share = t.share_end - t.start;
    EXPECT_LT(share, 9s);
    EXPECT_EQ(tick(share - 1001ms), list{});
    EXPECT_EQ(tick(share - 999ms), list{"force http"});
    EXPECT_EQ(tick(share), (list{"give up http.drain", "start db.drain"}));
    // The rest runs, but what http still uses is not closed, and neither is http.
    EXPECT_EQ(ended("db", drain, share + 1s), list{"closing"});
    EXPECT_EQ(tick(9s), (list{
                            "forcing",
                        }));
    EXPECT_FALSE(machine_->finished());
    EXPECT_EQ(machine_->result(), result::abandoned);
}

TEST_F(Machine, AStepThatEndsAfterItWasGivenUpLetsTheClosesRun) {
    make({part_with("db", {}), part_with("http", {"db"})});
    begin();
    const duration share = machine_->steps()[0].share_end - t0;
    tick(share - 500ms);
    tick(share);
    ended("db", drain, share);
    EXPECT_EQ(ended("http", drain, share + 100ms), list{"start http.close"});
    EXPECT_EQ(ended("http", close, share + 100ms), list{"start db.close"});
    EXPECT_EQ(ended("db", close, share + 100ms), list{"stopped"});
    EXPECT_EQ(machine_->result(), result::forced);
}

TEST_F(Machine, ForcesEverythingWhenTheDeadlineNears) {
    make({part_with("a", {}, true, false), part_with("b", {}, true, false)});
    begin();
    EXPECT_EQ(tick(8999ms), list{});
    EXPECT_EQ(tick(9s), (list{"forcing", "force a", "force b"}));
    EXPECT_EQ(tick(9s), list{}) << "each is forced once";
    ended("a", drain, 9100ms);
    EXPECT_EQ(ended("b", drain, 9100ms), list{"stopped"});
    EXPECT_EQ(machine_->result(), result::forced);
}

TEST_F(Machine, TheLastStepMayUseAllTheTimeThatIsLeft) {
    make({part_with("only", {}, true, false)});
    begin();
    EXPECT_EQ(machine_->next_tick(), t0 + 9s);
}

TEST_F(Machine, HurryForcesAtOnceAndBringsTheDeadlineForward) {
    make({part_with("db", {}), part_with("http", {"db"})});
    begin();
    EXPECT_EQ(texts(*plan_, machine_->hurry(t0 + 2s)),
              (list{"forcing", "force http", "start db.drain", "force db"}));
    EXPECT_EQ(machine_->deadline(), t0 + 3s);
}

TEST_F(Machine, HurryInTheLameDuckDrainsAndForcesAtOnce) {
    make({part_with("http", {}, true, false)},
         {.deadline = 10s, .force_window = 1s, .duck_min = 2s, .duck_max = 5s, .duck_quiet = 1s});
    EXPECT_EQ(begin(), list{"lame_duck"});
    EXPECT_EQ(texts(*plan_, machine_->hurry(t0 + 1s)),
              (list{"forcing", "start http.drain", "force http"}));
}

TEST_F(Machine, HurryAfterTheEndChangesNothing) {
    make({});
    begin();
    EXPECT_TRUE(machine_->hurry(t0 + 1s).empty());
}

// ---- lame duck ----

const stop_settings duck{
    .deadline = 30s, .force_window = 1s, .duck_min = 2s, .duck_max = 8s, .duck_quiet = 3s};

TEST_F(Machine, LameDuckEndsWhenItHasBeenQuiet) {
    make({part_with("http", {}, true, false)}, duck);
    EXPECT_EQ(begin(), list{"lame_duck"});
    EXPECT_EQ(tick(2999ms), list{});
    EXPECT_EQ(tick(3s), (list{"draining", "start http.drain"}));
}

TEST_F(Machine, LameDuckStaysWhileTrafficArrivesUpToItsMaximum) {
    make({part_with("http", {}, true, false)}, duck);
    begin();
    EXPECT_EQ(tick(3s, 2s), list{});
    EXPECT_EQ(machine_->next_tick(), t0 + 5s);
    EXPECT_EQ(tick(5s, 4s), list{});
    EXPECT_EQ(machine_->next_tick(), t0 + 7s);
    EXPECT_EQ(tick(7s, 6900ms), list{});
    EXPECT_EQ(machine_->next_tick(), t0 + 8s);
    EXPECT_EQ(tick(8s, 7999ms), (list{"draining", "start http.drain"}));
}

TEST_F(Machine, LameDuckKeepsItsMinimumHoweverQuietItIs) {
    make({part_with("http", {}, true, false)},
         {.deadline = 30s, .force_window = 1s, .duck_min = 5s, .duck_max = 8s, .duck_quiet = 0s});
    begin();
    EXPECT_EQ(tick(4999ms), list{});
    EXPECT_EQ(tick(5s), (list{"draining", "start http.drain"}));
}

TEST_F(Machine, NoLameDuckBeforeTheServiceWasReady) {
    make({part_with("http", {}, true, false)}, duck);
    EXPECT_EQ(begin(false), (list{"draining", "start http.drain"}));
}

TEST_F(Machine, LameDuckLeavesRoomForTheMinimums) {
    part_spec http = part_with("http", {}, true, false);
    http.drain.minimum = 25s;
    make({http}, duck);
    begin();
    EXPECT_EQ(tick(4s, 3999ms), (list{"draining", "start http.drain"}));
}

TEST_F(Machine, AShorterDeadlineShrinksTheForceWindowWithIt) {
    make({part_with("http", {}, true, false)});
    begin();
    machine_->shorten(t0 + 2s, t0);
    EXPECT_EQ(machine_->deadline(), t0 + 2s);
    EXPECT_EQ(machine_->next_tick(), t0 + 1800ms);
    EXPECT_EQ(tick(1799ms), list{});
    EXPECT_EQ(tick(1800ms), (list{"forcing", "force http"}));
}

TEST_F(Machine, ADeadlineIsNeverMadeLonger) {
    make({part_with("http", {}, true, false)});
    machine_->shorten(t0 + 1s, t0);  // has not begun
    begin();
    machine_->shorten(t0 + 10s, t0);
    machine_->shorten(t0 + 20s, t0);
    EXPECT_EQ(machine_->deadline(), t0 + 10s);
    EXPECT_EQ(machine_->next_tick(), t0 + 9s);
}

TEST_F(Machine, WhereHardlyAnyTimeIsLeftEverythingIsForcedAtOnce) {
    make({part_with("http", {"db"}), part_with("db", {})});
    begin();
    machine_->shorten(t0 + 3s + least_time, t0 + 3s);
    EXPECT_EQ(tick(3s), (list{"forcing", "force http", "start db.drain", "force db"}));
    EXPECT_EQ(machine_->deadline(), t0 + 3s + least_time);
}

TEST_F(Machine, AShorterDeadlineEndsTheLameDuckInTime) {
    make({part_with("http", {}, true, false)},
         {.deadline = 30s, .force_window = 1s, .duck_min = 20s, .duck_max = 25s, .duck_quiet = 0s});
    begin();
    machine_->shorten(t0 + 5s, t0 + 1s);
    EXPECT_EQ(machine_->next_tick(), t0 + 4600ms);
    EXPECT_EQ(tick(4600ms), (list{"draining", "start http.drain", "forcing", "force http"}));
}

TEST(StopSettings, WithinAnEarlierDeadlineKeepTheirShape) {
    const stop_settings own{.deadline = 10s, .force_window = 1s};
    EXPECT_EQ(within(own, 5s).force_window, 500ms);
    EXPECT_EQ(within(own, 5s).deadline, 5s);
    EXPECT_EQ(within(own, 20s).deadline, 10s);
    EXPECT_EQ(within(own, 20s).force_window, 1s);
    EXPECT_EQ(within(own, least_time).force_window, least_time) << "forced from the start";
}

}  // namespace
}  // namespace lastcall::core
