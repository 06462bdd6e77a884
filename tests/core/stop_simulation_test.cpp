// Random graphs, random step times, random hangs, on a virtual clock: what must hold on
// every schedule.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "core/stop_machine.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

struct world {
    explicit world(unsigned seed) : random(seed) {}

    int pick(int most) { return std::uniform_int_distribution<int>(0, most)(random); }

    std::vector<part_spec> graph() {
        std::vector<part_spec> specs;
        const int count = 1 + pick(7);
        for (int i = 0; i < count; ++i) {
            part_spec p;
            p.name = "p" + std::to_string(i);
            p.uses_given = pick(2) != 0;
            for (int k = 0; p.uses_given && k < i; ++k) {
                if (pick(2) == 0) {
                    p.uses.push_back("p" + std::to_string(k));
                }
            }
            p.drain = {pick(3) != 0, 0s, 1.0 + pick(8)};
            p.close = {pick(3) != 0, 0s, 1.0 + pick(2)};
            specs.push_back(p);
        }
        return specs;
    }

    std::mt19937 random;
};

struct running {
    std::size_t part;
    step_kind kind;
    time_point ends;  ///< max: hangs
};

class simulation {
public:
    simulation(world& w, const plan& p, stop_settings s) : world_(w), plan_(p), machine_(p, s) {
        settings_ = s;
    }

    void run() {
        apply(machine_.begin(now_, world_.pick(1) == 0));
        while (!machine_.finished() && now_ < machine_.deadline()) {
            step();
        }
    }

    // Every property that must hold at the end of a run.
    void check() {
        if (machine_.finished()) {
            EXPECT_LE(now_, machine_.deadline());
            for (const step_trace& t : machine_.steps()) {
                EXPECT_TRUE(t.end.has_value());
            }
        } else {
            EXPECT_EQ(machine_.result(), result::abandoned);
            EXPECT_FALSE(running_.empty()) << "nothing ran any more, and it did not finish";
        }
        EXPECT_EQ(violations_, std::set<std::string>{});
    }

private:
    void step() {
        time_point next = machine_.deadline();
        if (const auto tick = machine_.next_tick()) {
            next = std::min(next, std::max(*tick, now_));
        }
        for (const running& r : running_) {
            next = std::min(next, r.ends);
        }
        now_ = next;
        const auto ready = std::find_if(running_.begin(), running_.end(),
                                        [&](const running& r) { return r.ends <= now_; });
        if (ready != running_.end()) {
            const running r = *ready;
            running_.erase(ready);
            ended_.insert({r.part, r.kind});
            apply(machine_.step_ended(r.part, r.kind, world_.pick(9) == 0, now_));
        }
        apply(machine_.tick(now_, now_ - std::chrono::milliseconds(world_.pick(3000))));
    }

    void apply(const std::vector<action>& actions) {
        for (const action& a : actions) {
            if (a.what == action::kind::start) {
                check_start(a);
                const bool hangs = world_.pick(12) == 0;
                running_.push_back({a.part, a.step,
                                    hangs ? time_point::max()
                                          : now_ + std::chrono::milliseconds(world_.pick(4000))});
            } else if (a.what == action::kind::force && world_.pick(2) != 0) {
                // Two of three forced steps obey within a moment.
                for (running& r : running_) {
                    if (r.part == a.part && r.ends == time_point::max()) {
                        r.ends = now_ + 10ms;
                    }
                }
            } else if (a.what == action::kind::enter_state) {
                state_ = a.state;
                is_forcing_ = is_forcing_ || a.state == state::forcing;
            }
        }
    }

    void check_start(const action& a) {
        if (!started_.insert({a.part, a.step}).second) {
            violations_.insert("a step started twice");
        }
        if (a.limit > machine_.deadline()) {
            violations_.insert("a share beyond the deadline");
        }
        if (a.step == step_kind::close) {
            for (std::size_t i = 0; i < plan_.parts().size(); ++i) {
                if (uses(i, a.part) && !has_ended(i)) {
                    violations_.insert("closed while in use");
                }
            }
            if (plan_.parts()[a.part].drain.present &&
                !ended_.contains({a.part, step_kind::drain})) {
                violations_.insert("closed before it drained");
            }
        } else if (!is_forcing_ && state_ == state::lame_duck) {
            violations_.insert("drained in the lame duck");
        }
    }

    [[nodiscard]] bool uses(std::size_t user, std::size_t used) const {
        for (const std::size_t next : plan_.parts()[user].uses) {
            if (next == used || uses(next, used)) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] bool has_ended(std::size_t i) const {
        const part& p = plan_.parts()[i];
        return (!p.drain.present || ended_.contains({i, step_kind::drain})) &&
               (!p.close.present || ended_.contains({i, step_kind::close}));
    }

    world& world_;
    const plan& plan_;
    stop_settings settings_;
    stop_machine machine_;
    time_point now_ = time_point(1h);
    std::vector<running> running_;
    std::set<std::pair<std::size_t, step_kind>> started_;
    std::set<std::pair<std::size_t, step_kind>> ended_;
    std::set<std::string> violations_;
    state state_ = state::starting;
    bool is_forcing_ = false;
};

TEST(StopSimulation, HoldsItsPromisesOnTwentyThousandSchedules) {
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        SCOPED_TRACE(seed);
        world w(seed);
        const plan p(w.graph());
        stop_settings s{.deadline = std::chrono::milliseconds(2000 + w.pick(20'000))};
        s.force_window = s.deadline / 10;
        if (w.pick(1) == 0) {
            s.duck_max = std::chrono::milliseconds(w.pick(3000));
            s.duck_min = s.duck_max / 2;
            s.duck_quiet = std::chrono::milliseconds(w.pick(1000));
        }
        simulation run(w, p, s);
        run.run();
        run.check();
        if (HasFailure()) {
            return;
        }
    }
}

}  // namespace
}  // namespace lastcall::core
