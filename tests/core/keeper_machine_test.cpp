#include "core/keeper_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using namespace std::chrono_literals;
using lastcall::core::keeper_action;
using lastcall::core::keeper_cause;
using lastcall::core::keeper_machine;
using lastcall::core::keeper_phase;
using lastcall::core::keeper_plan;
using lastcall::core::usual_reserve;

using actions = std::vector<keeper_action>;

actions list(keeper_machine::actions what) { return {what.begin(), what.end()}; }

keeper_machine running(const keeper_plan& plan = {}) {
    keeper_machine machine(plan);
    EXPECT_EQ(list(machine.launched(0s)), actions{});
    return machine;
}

TEST(KeeperReserve, IsAFractionButNeverMoreThanHalf) {
    EXPECT_EQ(usual_reserve(10s), 500ms);
    EXPECT_EQ(usual_reserve(30s), 1500ms);
    EXPECT_EQ(usual_reserve(600ms), 300ms);
}

TEST(KeeperMachine, DoesNothingAndSleepsWhileNobodyAsks) {
    keeper_machine machine = running();
    EXPECT_EQ(machine.phase(), keeper_phase::running);
    EXPECT_EQ(machine.next_wake(), std::nullopt);
    EXPECT_EQ(list(machine.reaped(1s, false, false)), actions{});
    EXPECT_EQ(machine.phase(), keeper_phase::running);
}

TEST(KeeperMachine, SignalsTheMainProgramAtOnceWithoutADelay) {
    keeper_machine machine = running();
    EXPECT_EQ(list(machine.stop_asked(5s)), actions{keeper_action::signal_main});
    EXPECT_EQ(machine.phase(), keeper_phase::stopping_main);
    EXPECT_EQ(machine.next_wake(), 14500ms);
}

TEST(KeeperMachine, EndsTheMomentTheTreeIsEmpty) {
    keeper_machine machine = running();
    machine.stop_asked(5s);
    EXPECT_EQ(list(machine.reaped(6s, true, true)), actions{keeper_action::finish});
    EXPECT_TRUE(machine.stopped_in_time());
    EXPECT_EQ(machine.next_wake(), std::nullopt);
}

TEST(KeeperMachine, SignalsTheRestWhenTheMainProgramIsGone) {
    keeper_machine machine = running();
    machine.stop_asked(5s);
    EXPECT_EQ(list(machine.reaped(6s, true, false)), actions{keeper_action::signal_rest});
    EXPECT_EQ(machine.next_wake(), 14500ms);
    EXPECT_EQ(list(machine.reaped(7s, false, true)), actions{keeper_action::finish});
    EXPECT_TRUE(machine.stopped_in_time());
}

TEST(KeeperMachine, BeginsTheClockWhenTheMainProgramEndsByItself) {
    keeper_machine machine = running();
    EXPECT_EQ(list(machine.reaped(100s, true, false)), actions{keeper_action::signal_rest});
    EXPECT_EQ(machine.cause(), keeper_cause::main_exited);
    EXPECT_EQ(machine.next_wake(), 109500ms);
    EXPECT_EQ(list(machine.reaped(101s, false, true)), actions{keeper_action::finish});
    EXPECT_FALSE(machine.stopped_in_time()) << "nobody asked for a stop";
}

TEST(KeeperMachine, KillsAfterTheReportWhenTheBudgetIsUsedUp) {
    keeper_machine machine = running();
    machine.stop_asked(0s);
    EXPECT_EQ(list(machine.passed(9499ms)), actions{});
    EXPECT_EQ(list(machine.passed(9500ms)),
              (actions{keeper_action::report, keeper_action::kill_all}));
    EXPECT_EQ(list(machine.reaped(9501ms, true, true)), actions{keeper_action::finish});
    EXPECT_FALSE(machine.stopped_in_time());
    EXPECT_TRUE(machine.killed());
}

TEST(KeeperMachine, LeavesWhatCannotBeKilledAtTheEndOfTheBudget) {
    keeper_machine machine = running();
    machine.stop_asked(0s);
    machine.passed(9500ms);
    EXPECT_EQ(machine.next_wake(), 10s);
    EXPECT_EQ(list(machine.passed(10s)), actions{keeper_action::finish});
}

TEST(KeeperMachine, WaitsForThePreStopCommandAndTheDelay) {
    keeper_machine machine = running({.delay = 2s, .has_pre_stop = true});
    EXPECT_EQ(list(machine.stop_asked(0s)), actions{keeper_action::begin_announcing});
    EXPECT_EQ(list(machine.pre_stop_ended(1s)), actions{});
    EXPECT_EQ(machine.next_wake(), 2s);
    EXPECT_EQ(list(machine.passed(2s)), actions{keeper_action::signal_main});
}

TEST(KeeperMachine, DoesNotWaitForADelayThatHasPassedWhenThePreStopCommandEnds) {
    keeper_machine machine = running({.delay = 1s, .has_pre_stop = true});
    machine.stop_asked(0s);
    EXPECT_EQ(list(machine.passed(1s)), actions{});
    EXPECT_EQ(list(machine.pre_stop_ended(3s)), actions{keeper_action::signal_main});
}

TEST(KeeperMachine, LeavesHalfOfTheTimeToTheMainProgram) {
    keeper_machine machine = running({.has_pre_stop = true});
    machine.stop_asked(0s);
    EXPECT_EQ(machine.next_wake(), 4750ms);
    EXPECT_EQ(list(machine.passed(4750ms)),
              (actions{keeper_action::end_announcing, keeper_action::signal_main}));
}

TEST(KeeperMachine, EndsThePreStopCommandWhenTheMainProgramIsGone) {
    keeper_machine machine = running({.has_pre_stop = true});
    machine.stop_asked(0s);
    EXPECT_EQ(list(machine.reaped(1s, true, false)),
              (actions{keeper_action::end_announcing, keeper_action::signal_rest}));
}

TEST(KeeperMachine, ShortensToTheReserveAtTheSecondStopSignal) {
    keeper_machine machine = running();
    machine.stop_asked(0s);
    EXPECT_EQ(list(machine.stop_asked(2s)), actions{keeper_action::signal_main_again});
    EXPECT_EQ(machine.next_wake(), 2500ms);
}

TEST(KeeperMachine, NeverLengthensAtTheSecondStopSignal) {
    keeper_machine machine = running();
    machine.stop_asked(0s);
    machine.stop_asked(9400ms);
    EXPECT_EQ(machine.next_wake(), 9500ms);
}

TEST(KeeperMachine, LeavesAnnouncingAtTheSecondStopSignal) {
    keeper_machine machine = running({.delay = 5s, .has_pre_stop = true});
    machine.stop_asked(0s);
    EXPECT_EQ(list(machine.stop_asked(1s)),
              (actions{keeper_action::end_announcing, keeper_action::signal_main}));
}

TEST(KeeperMachine, KillsAtTheThirdStopSignal) {
    keeper_machine machine = running();
    machine.stop_asked(0s);
    machine.stop_asked(1s);
    EXPECT_EQ(list(machine.stop_asked(1100ms)),
              (actions{keeper_action::report, keeper_action::kill_all}));
    EXPECT_EQ(machine.next_wake(), 1600ms);
}

TEST(KeeperMachine, HoldsTheSignalUntilTheProgramIsThere) {
    keeper_machine machine{keeper_plan{}};
    EXPECT_EQ(list(machine.stop_asked(0s)), actions{});
    EXPECT_EQ(machine.next_wake(), 9500ms);
    EXPECT_EQ(list(machine.launched(1s)), actions{keeper_action::signal_main});
}

TEST(KeeperMachine, KillsAProgramThatNeverGetsThere) {
    keeper_machine machine{keeper_plan{}};
    machine.stop_asked(0s);
    EXPECT_EQ(list(machine.passed(9500ms)),
              (actions{keeper_action::report, keeper_action::kill_all}));
}

TEST(KeeperMachine, MovesTheDeadlineWhenThePlatformExtendsIt) {
    keeper_machine machine = running();
    machine.stop_asked(0s);
    machine.extended(5s, 20s);
    EXPECT_EQ(machine.next_wake(), 24500ms);
    machine.extended(6s, 1s);
    EXPECT_EQ(machine.next_wake(), 24500ms) << "an extension never shortens";
}

TEST(KeeperMachine, TakesNoExtensionBeforeAStopOrInAHurry) {
    keeper_machine machine = running();
    machine.extended(0s, 100s);
    machine.stop_asked(0s);
    EXPECT_EQ(machine.next_wake(), 9500ms);
    machine.stop_asked(1s);
    machine.extended(1s, 100s);
    EXPECT_EQ(machine.next_wake(), 1500ms);
}

/// What must be true whatever comes in whatever order.
class simulation {
public:
    explicit simulation(std::uint64_t seed) : random_(seed) {
        plan_.grace = std::chrono::milliseconds(pick(200, 20'000));
        plan_.reserve = usual_reserve(plan_.grace);
        plan_.delay = pick(0, 2) == 0 ? (plan_.grace - plan_.reserve) / pick(1, 5) : 0ns;
        plan_.has_pre_stop = pick(0, 1) == 0;
    }

    void run() {
        keeper_machine machine(plan_);
        for (int step = 0; step < 60 && machine.phase() != keeper_phase::ended; ++step) {
            const keeper_phase before = machine.phase();
            event(machine);
            EXPECT_GE(machine.phase(), before) << "a stop never goes back";
            check(machine);
        }
        // Left alone, it ends: by itself when nothing is left, at the latest with the budget.
        if (!machine.is_stopping()) {
            note_stop(machine);
            take(machine, machine.stop_asked(now_));
        }
        for (int wakes = 0; machine.phase() != keeper_phase::ended; ++wakes) {
            ASSERT_LT(wakes, 10) << "busy";
            const auto wake = machine.next_wake();
            ASSERT_TRUE(wake.has_value()) << "asleep for ever";
            now_ = std::max(now_, *wake);
            take(machine, machine.passed(now_));
        }
        EXPECT_EQ(finished_, 1);
        EXPECT_EQ(pre_stop_runs_, false) << "the pre-stop command was left running";
        EXPECT_LE(now_, latest_end_);
    }

private:
    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution(low, high)(random_);
    }

    void event(keeper_machine& machine) {
        const auto later =
            now_ + std::chrono::milliseconds(pick(0, 3) == 0 ? pick(0, 5000) : pick(0, 50));
        // The keeper never sleeps past a wake.
        if (const auto wake = machine.next_wake(); wake && *wake <= later) {
            now_ = std::max(now_, *wake);
            take(machine, machine.passed(now_));
            return;
        }
        now_ = later;
        switch (pick(0, 7)) {
            case 0:
                if (!launched_) {
                    launched_ = true;
                    take(machine, machine.launched(now_));
                }
                break;
            case 1:
                if (pick(0, 2) == 0) {
                    note_stop(machine);
                    take(machine, machine.stop_asked(now_));
                }
                break;
            case 2:
                if (pre_stop_runs_) {
                    pre_stop_runs_ = false;
                    take(machine, machine.pre_stop_ended(now_));
                }
                break;
            case 3:
                if (launched_ && pick(0, 3) == 0) {
                    main_gone_ = true;
                    note_stop(machine);
                }
                empty_ = main_gone_ && pick(0, 3) == 0;
                take(machine, machine.reaped(now_, main_gone_, empty_));
                break;
            case 4:
                if (machine.is_stopping() && pick(0, 5) == 0) {
                    const auto by = std::chrono::milliseconds(pick(0, 10'000));
                    latest_end_ = std::max(latest_end_, now_ + by);
                    take(machine, machine.extended(now_, by));
                }
                break;
            default:
                break;
        }
    }

    void note_stop(const keeper_machine& machine) {
        if (!machine.is_stopping()) {
            latest_end_ = now_ + plan_.grace;
        }
    }

    void take(const keeper_machine& machine, keeper_machine::actions what) {
        if (!machine.is_stopping()) {
            EXPECT_TRUE(what.empty());
        }
        for (const keeper_action one : what) {
            switch (one) {
                case keeper_action::begin_announcing:
                    pre_stop_runs_ = true;
                    break;
                case keeper_action::end_announcing:
                    EXPECT_TRUE(pre_stop_runs_);
                    pre_stop_runs_ = false;
                    break;
                case keeper_action::signal_main:
                    EXPECT_TRUE(launched_) << "a signal to a program that is not there is lost";
                    EXPECT_EQ(signalled_main_++, 0);
                    break;
                case keeper_action::signal_main_again:
                    EXPECT_EQ(signalled_main_, 1);
                    break;
                case keeper_action::signal_rest:
                    EXPECT_TRUE(main_gone_);
                    break;
                case keeper_action::report:
                    EXPECT_EQ(reports_++, 0);
                    break;
                case keeper_action::kill_all:
                    EXPECT_EQ(reports_, 1) << "killed without a word";
                    break;
                case keeper_action::finish:
                    ++finished_;
                    break;
            }
        }
        if (machine.phase() == keeper_phase::ended) {
            pre_stop_runs_ = pre_stop_runs_ && !empty_;  // whoever is in the tree is reaped
        }
    }

    void check(const keeper_machine& machine) const {
        if (machine.phase() == keeper_phase::stopping_rest) {
            EXPECT_TRUE(main_gone_);
        }
        if (machine.stopped_in_time()) {
            EXPECT_EQ(reports_, 0);
        }
        if (machine.phase() != keeper_phase::ended && machine.is_stopping()) {
            EXPECT_TRUE(machine.next_wake().has_value()) << "a stop without a limit";
        }
    }

    std::mt19937_64 random_;
    keeper_plan plan_;
    std::chrono::nanoseconds now_{0};
    std::chrono::nanoseconds latest_end_{std::chrono::hours(1)};
    bool launched_ = false;
    bool main_gone_ = false;
    bool empty_ = false;
    bool pre_stop_runs_ = false;
    int signalled_main_ = 0;
    int reports_ = 0;
    int finished_ = 0;
};

TEST(KeeperMachine, KeepsItsPromisesInEveryOrderOfEvents) {
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        SCOPED_TRACE(seed);
        simulation(seed).run();
        if (testing::Test::HasFailure()) {
            break;
        }
    }
}

}  // namespace
