// How long requests take while a service is replaced, against the same load while nothing
// happens: in turn, so that what disturbs the machine for a while disturbs both.
#include <cstdio>

#include "drill/record/tally.hpp"
#include "figures.hpp"
#include "link.hpp"
#include "open_load.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

using lastcall::drill::quantile;

constexpr double p999 = 0.999;
constexpr double most_more_ms = 10;
constexpr double most_ms = 200;

struct values {
    std::vector<double> steady, deploying, difference, slowest_steady, slowest, failed, raced;
};

void measure_round(bench& all, host& of, char& version, values& into) {
    open_load load(of.at(), "/", {all.chosen.rate, all.chosen.rate / 4});
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() + std::chrono::seconds(2));
    const auto from = now_ns();
    for (int i = 0; i < all.chosen.deploys; ++i) {
        version = version == 'z' ? 'a' : static_cast<char>(version + 1);
        of.deploy(version);
    }
    const auto until = now_ns();
    // Whoever closes a connection later than the deploy ended is still its doing.
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() + std::chrono::seconds(2));
    const auto calm_from = now_ns();
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() +
                               std::chrono::nanoseconds(until - from));
    const auto calm_until = now_ns();
    const auto replies = load.finish();

    const auto during = times_of(replies, from, until);
    const auto calm = times_of(replies, calm_from, calm_until);
    double failed = 0;
    double raced = 0;
    for (const auto& one : replies) {
        failed += one.problem.empty() ? 0 : 1;
        raced += one.was_raced ? 1 : 0;
        if (!one.problem.empty()) {
            all.into.note("latency: " + of.what().name + ": a request over a connection " +
                          (one.is_kept ? "that is kept: " : "of its own: ") + one.problem);
        }
    }
    into.steady.push_back(quantile(calm, p999));
    into.deploying.push_back(quantile(during, p999));
    into.difference.push_back(into.deploying.back() - into.steady.back());
    into.slowest_steady.push_back(calm.empty() ? 0 : calm.back());
    into.slowest.push_back(during.empty() ? 0 : during.back());
    into.failed.push_back(failed);
    into.raced.push_back(raced);
    std::fprintf(stderr, "latency: %s: %zu and %zu requests\n", of.what().name.c_str(),
                 during.size(), calm.size());
}

}  // namespace

void measure_latency(bench& all) {
    for (const auto& one : services_of(all)) {
        host of(one, all.terms());
        char version = 'a';
        values made;
        for (int i = 0; i < all.chosen.rounds; ++i) {
            measure_round(all, of, version, made);
        }
        const auto add = [&](const char* what, const char* unit, std::vector<double> found,
                             std::optional<goal> reach = {}) {
            all.into.add({"latency", one.name, what, unit, std::move(found), reach});
        };
        add("p99.9, nothing happens", "ms", made.steady);
        add("p99.9, deploys one after the other", "ms", made.deploying);
        add("p99.9, how much more", "ms", made.difference, goal{most_more_ms});
        add("slowest, nothing happens", "ms", made.slowest_steady);
        add("slowest, deploys", "ms", made.slowest, goal{most_ms, true});
        add("requests without an answer of 200", "", made.failed, goal{0, true});
        add("requests sent once more: their idle connection was closed", "", made.raced);
    }
}

}  // namespace deploy_bench
