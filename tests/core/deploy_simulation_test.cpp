// Deploys in random worlds, on a virtual clock: processes die when they like, steering fails or
// hangs, people decide or do not, and the agent crashes between any two steps. What must hold on
// every schedule (the letters are those of the checks below):
//   A  neither side is told to stop while it is the one that has the traffic
//   B  the old one is told to stop only after the new one was ready, had the traffic, was watched
//      for the whole of the bake without a failure that nobody has accepted, and was promoted
//   C  a run ends, and ends as its state says: one side is left, and it has the traffic
//   D  the way back and the drain of the old one never turn around
//   E  until the drain, an abort always leads back; what was rejected has started nothing
//   F  the time to get ready does not run while an approval is waited for
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>

#include "core/deploy_machine.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;
using side = deploy_sight::side;
using time = deploy_machine::time;

struct crash {};

class world {
public:
    explicit world(std::uint64_t seed) : random_(seed), machine_(terms_) {
        terms_.needs_approval = chance(3);
        terms_.has_old = !chance(4);
        terms_.rolls_back_by_itself = !chance(3);
        terms_.ready_within = 60s;
        terms_.bake_for = chance(3) ? 0ns : time(std::chrono::seconds(pick(1, 20)));
        old_lives_ = terms_.has_old;
        can_crash_ = chance(2);
        machine_ = deploy_machine(terms_);
    }

    void run() {
        guarded([&] { tell(machine_.begin(now_)); });
        for (int turn = 0; turn < 80 && !is_over(); ++turn) {
            guarded([&] { happen(); });
        }
        // From here on everybody answers, and nothing more goes wrong.
        is_calm_ = true;
        for (int turn = 0; turn < 200 && !is_over(); ++turn) {
            guarded([&] { calm_turn(); });
        }
        ASSERT_TRUE(is_over()) << "C: it does not end in " << to_string(machine_.state());
        check_end();
    }

    static inline std::array<int, 11> ends{};
    static inline int crashes = 0;

private:
    enum class work : std::uint8_t { start, to_new, to_old, stop_new, stop_old };

    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution(low, high)(random_);
    }
    bool chance(int one_of) { return pick(1, one_of) == 1; }
    [[nodiscard]] bool is_over() const { return is_final(machine_.state()) && finished_; }
    [[nodiscard]] bool is_owner(side which) const {
        return traffic_ == which && (which == side::to_new ? new_lives_ : old_lives_);
    }

    void maybe_crash() {
        if (can_crash_ && !is_calm_ && chance(25)) {
            throw crash{};
        }
    }

    template <class Step>
    void guarded(Step what) {
        try {
            what();
        } catch (const crash&) {
            come_back();
        }
    }

    /// As the engine does: the edges are recorded, then what is wanted is done, one by one. Who is
    /// ready is steered to first: the record of `spawned` has said so.
    void tell(deploy_machine::actions wanted) {
        const std::vector<deploy_action> what(wanted.begin(), wanted.end());
        const bool is_foretold = state_ == deploy_state::spawned &&
                                 std::ranges::equal(what, std::array{deploy_action::steer_to_new});
        if (is_foretold) {
            act(what);
        }
        maybe_crash();
        for (const deploy_state one : machine_.crossed()) {
            record(one);
        }
        if (machine_.waits_for_person() && state_ == deploy_state::baking) {
            waits_ = true;
        }
        reason_ = machine_.reason();
        if (!is_foretold) {
            act(what);
        }
        maybe_crash();
    }

    void act(const std::vector<deploy_action>& what) {
        for (const deploy_action one : what) {
            maybe_crash();
            carry_out(one);
        }
    }

    void record(deploy_state next) {
        if (state_ == deploy_state::rolling_back) {
            EXPECT_TRUE(next == state_ || next == deploy_state::rolled_back) << "D";
        }
        if (state_ == deploy_state::draining_old) {
            EXPECT_TRUE(next == state_ || next == deploy_state::done) << "D";
        }
        EXPECT_FALSE(is_final(state_)) << "D";
        state_ = next;
        entered_ = now_;
        if (next == deploy_state::approved) {
            approved_at_ = now_;
        }
        if (next == deploy_state::rolling_back &&
            machine_.reason().find("not ready within") != std::string::npos) {
            EXPECT_GE(now_, approved_at_ + terms_.ready_within) << "F";
        }
    }

    void carry_out(deploy_action what) {
        switch (what) {
            case deploy_action::ask_approval:
            case deploy_action::watch_ready:
                break;
            case deploy_action::start_new:
                EXPECT_FALSE(new_lives_);
                queue_.push_back(work::start);
                break;
            case deploy_action::steer_to_new:
                EXPECT_TRUE(was_ready_) << "A: connections to whom nobody saw ready";
                queue_.push_back(work::to_new);
                break;
            case deploy_action::steer_to_old:
                EXPECT_TRUE(terms_.has_old);
                queue_.push_back(work::to_old);
                break;
            case deploy_action::begin_bake:
                bake_began_ = now_;
                bake_was_bad_ = false;
                break;
            case deploy_action::stop_new:
                EXPECT_FALSE(is_owner(side::to_new) && old_lives_) << "A";
                EXPECT_NE(state_, deploy_state::draining_old);
                queue_.push_back(work::stop_new);
                break;
            case deploy_action::stop_old:
                check_stop_old();
                queue_.push_back(work::stop_old);
                break;
            case deploy_action::promote:
                promoted_ = true;
                break;
            case deploy_action::finish:
                EXPECT_TRUE(is_final(machine_.state()));
                finished_ = true;
                break;
        }
    }

    void check_stop_old() const {
        EXPECT_TRUE(was_ready_) << "B";
        EXPECT_EQ(traffic_, side::to_new) << "A, B";
        EXPECT_TRUE(promoted_) << "B";
        if (terms_.bake_for > 0ns && !was_told_before_) {
            EXPECT_TRUE(was_accepted_ || now_ >= bake_began_ + terms_.bake_for) << "B";
            EXPECT_TRUE(was_accepted_ || (!bake_was_bad_ && !waits_)) << "B";
        }
    }

    /// The keeper and the processes do what was asked for, and say so.
    void do_work(bool is_heard) {
        const work next = queue_.front();
        queue_.pop_front();
        const bool fails = !is_calm_ && chance(6);
        switch (next) {
            case work::start:
                if (fails) {
                    hear(is_heard, [&] { tell(machine_.new_failed(now_, "no such program")); });
                    return;
                }
                new_lives_ = was_spawned_ = true;
                hear(is_heard, [&] { tell(machine_.new_started(now_)); });
                return;
            case work::to_new:
            case work::to_old:
                steer(next == work::to_new ? side::to_new : side::to_old, fails, is_heard);
                return;
            case work::stop_new:
                new_lives_ = new_ready_ = false;
                hear(is_heard, [&] { tell(machine_.new_ended(now_)); });
                return;
            case work::stop_old:
                was_told_before_ = true;
                old_lives_ = false;
                hear(is_heard, [&] { tell(machine_.old_ended(now_)); });
                return;
        }
    }

    void steer(side where, bool fails, bool is_heard) {
        if (!fails) {
            traffic_ = where;
        }
        for (const work later : queue_) {
            if (later == work::to_new || later == work::to_old) {
                return;  // it has been overtaken: its answer is dropped
            }
        }
        if (!is_calm_ && chance(8)) {
            return;  // the answer is lost
        }
        hear(is_heard,
             [&] { tell(fails ? machine_.steer_failed(now_, "no") : machine_.steered(now_)); });
    }

    template <class Event>
    void hear(bool is_heard, Event what) {
        if (is_heard) {
            what();
        }
    }

    /// The agent has crashed: what was under way is done or lost, and a new one looks.
    void come_back() {
        ++crashes;
        while (!queue_.empty()) {
            if (chance(2)) {
                do_work(false);
            } else {
                queue_.pop_front();
            }
        }
        now_ += std::chrono::milliseconds(pick(0, 20'000));
        if (chance(8)) {
            die(chance(2) ? side::to_new : side::to_old, false);
        }
        deploy_sight sight;
        sight.new_lives = new_lives_;
        // What it was asked by the agent before, nobody can tell.
        sight.new_is_ready = new_ready_ && (state_ != deploy_state::spawned || !chance(3));
        sight.old_lives = old_lives_;
        sight.new_has_ended = was_spawned_ && !new_lives_;
        sight.waits_for_person = waits_;
        sight.steered = chance(5) ? side::unknown : traffic_;
        const deploy_state before = state_;
        machine_ = deploy_machine::resume(terms_, state_, entered_, sight, now_, reason_);
        const deploy_state after = machine_.state();
        if (before <= deploy_state::baking && old_lives_ && !(new_lives_ && new_ready_)) {
            EXPECT_TRUE(after <= deploy_state::spawned || after == deploy_state::rolling_back ||
                        after == deploy_state::rolled_back)
                << "forward without a confirmed new side";
        }
        was_ready_ = was_ready_ || new_ready_;
        guarded([&] { tell(machine_.resumed()); });
    }

    void die(side which, bool is_heard) {
        if (which == side::to_new && new_lives_) {
            new_lives_ = new_ready_ = false;
            hear(is_heard, [&] { tell(machine_.new_ended(now_)); });
        } else if (which == side::to_old && old_lives_) {
            old_lives_ = false;
            hear(is_heard, [&] { tell(machine_.old_ended(now_)); });
        }
    }

    /// The driver never sleeps past a wake.
    bool wakes_before(time later) {
        const auto wake = machine_.next_wake();
        if (!wake || *wake > later) {
            now_ = std::max(now_, later);
            return false;
        }
        now_ = std::max(now_, *wake);
        tell(machine_.passed(now_));
        return true;
    }

    void happen() {
        if (wakes_before(now_ +
                         std::chrono::milliseconds(chance(4) ? pick(0, 30'000) : pick(0, 200)))) {
            return;
        }
        switch (pick(0, 11)) {
            case 0:
                if (chance(8)) {
                    abort();
                }
                break;
            case 1:
                decide(chance(4));
                break;
            case 2:
                if (chance(8)) {
                    die(side::to_new, true);
                }
                break;
            case 3:
                if (chance(8)) {
                    die(side::to_old, true);
                }
                break;
            case 4:
                if (machine_.state() == deploy_state::baking && chance(3)) {
                    bake_was_bad_ = true;
                    tell(machine_.bake_failed(now_, "slow"));
                }
                break;
            case 5:
                if (new_lives_ && chance(8)) {
                    tell(machine_.new_failed(now_, "it says so itself"));
                }
                break;
            case 6:
            case 7:
                get_ready();
                break;
            default:
                if (!queue_.empty()) {
                    do_work(true);
                }
                break;
        }
    }

    void calm_turn() {
        if (!queue_.empty()) {
            do_work(true);
        } else if (machine_.state() == deploy_state::planned || machine_.waits_for_person()) {
            decide(chance(2));
        } else if (machine_.state() == deploy_state::spawned && new_lives_) {
            get_ready();
        } else {
            const auto wake = machine_.next_wake();
            ASSERT_TRUE(wake.has_value())
                << "C: asleep for ever in " << to_string(machine_.state());
            (void)wakes_before(std::max(now_, *wake));
        }
    }

    void abort() {
        const bool possible = machine_.can_abort();
        EXPECT_EQ(possible, machine_.state() <= deploy_state::baking) << "E";
        const deploy_state before = machine_.state();
        const auto what = machine_.abort(now_, "want it back");
        if (possible) {
            EXPECT_GE(machine_.state(), deploy_state::rolling_back) << "E";
        } else {
            EXPECT_EQ(machine_.state(), before) << "E";
        }
        tell(what);
    }

    void decide(bool is_no) {
        if (machine_.waits_for_person()) {
            was_accepted_ = !is_no;
        }
        tell(is_no ? machine_.rejected(now_, "no") : machine_.approved(now_));
        waits_ = waits_ && machine_.waits_for_person();
    }

    void get_ready() {
        if (new_lives_) {
            new_ready_ = was_ready_ = true;
            tell(machine_.new_ready(now_));
        }
    }

    void check_end() const {
        const deploy_state end = machine_.state();
        ++ends[static_cast<std::size_t>(end)];
        if (end == deploy_state::done) {
            EXPECT_TRUE(promoted_) << "C";
            EXPECT_FALSE(old_lives_) << "C";
            EXPECT_EQ(traffic_, side::to_new) << "C";
        } else {
            EXPECT_FALSE(promoted_) << "C";
            EXPECT_FALSE(new_lives_) << "C";
            EXPECT_TRUE(!old_lives_ || traffic_ == side::to_old) << "C";
        }
        if (end == deploy_state::rejected) {
            EXPECT_FALSE(was_spawned_) << "E";
        }
        if (end == deploy_state::rolled_back) {
            EXPECT_NE(machine_.reason(), "") << "C: back without a word";
        }
    }

    std::mt19937_64 random_;
    deploy_terms terms_;
    deploy_machine machine_;
    time now_{0};
    bool can_crash_ = false;
    bool is_calm_ = false;

    // What is.
    bool new_lives_ = false, new_ready_ = false, old_lives_ = true;
    side traffic_ = side::to_old;
    std::deque<work> queue_;

    // What was recorded, and what the checks remember.
    deploy_state state_ = deploy_state::planned;
    time entered_{0}, approved_at_{0}, bake_began_{0};
    std::string reason_;
    bool waits_ = false, promoted_ = false, finished_ = false, was_ready_ = false;
    bool was_spawned_ = false, was_accepted_ = false, bake_was_bad_ = false;
    bool was_told_before_ = false;
};

TEST(DeployMachine, KeepsItsPromisesInEveryOrderOfEventsAndCrashes) {
    for (std::uint64_t seed = 0; seed < 40'000; ++seed) {
        SCOPED_TRACE(seed);
        world(seed).run();
        if (testing::Test::HasFailure()) {
            return;
        }
    }
    for (const deploy_state end :
         {deploy_state::done, deploy_state::rolled_back, deploy_state::rejected}) {
        EXPECT_GT(world::ends[static_cast<std::size_t>(end)], 1'000) << to_string(end);
    }
    EXPECT_GT(world::crashes, 10'000);
}

}  // namespace
}  // namespace lastcall::core
