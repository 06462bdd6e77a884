// From kill(2) to the init until the program below has the signal.
#include <signal.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "drill/record/tally.hpp"
#include "figures.hpp"

namespace keeper_bench {
namespace {

using lastcall::drill::quantile;

constexpr int limit_s = 10;

/// Sends one signal and waits until it has come. Returns: microseconds.
double forward_once(const running& one, int number) {
    auto& shared = one.shared();
    const std::uint32_t next = shared.received.load() + 1;
    const std::int64_t sent = one.send(number);
    if (!wait_at_least(shared.received, next, limit_s)) {
        throw std::runtime_error("a signal did not come");
    }
    return static_cast<double>(shared.at_ns.load() - sent) / 1000;
}

}  // namespace

void measure_forward(bench& all) {
    values_of p50;
    values_of p99;
    std::map<std::string, std::unique_ptr<running>> alive;
    in_turn(all, "forward: start", 1, [&](const init& one) {
        alive[one.name] = std::make_unique<running>(one, all.plan(place::process, {"wait"}));
        forward_once(*alive[one.name], SIGUSR1);  // the first is the figure stop
    });
    const int each = all.chosen.signals / all.chosen.rounds;
    in_turn(all, "forward", all.chosen.rounds, [&](const init& one) {
        std::vector<double> took;
        for (int i = 0; i < each && alive.contains(one.name); ++i) {
            took.push_back(forward_once(*alive[one.name], SIGUSR1));
        }
        if (took.empty()) {
            return;
        }
        std::ranges::sort(took);
        p50[one.name].push_back(quantile(took, 0.5));
        p99[one.name].push_back(quantile(took, 0.99));
    });
    const std::string of = " of " + std::to_string(each) + " signals";
    add_rows(all, "forward", "p50" + of, "µs", p50, {}, against_best{});
    add_rows(all, "forward", "p99" + of, "µs", p99);
}

void measure_stop(bench& all) {
    values_of took;
    in_turn(all, "stop", all.chosen.starts, [&](const init& one) {
        const running fresh(one, all.plan(place::process, {"wait"}));
        took[one.name].push_back(forward_once(fresh, SIGTERM));
    });
    add_rows(all, "stop", "first signal of its life, SIGTERM", "µs", took);
}

}  // namespace keeper_bench
