// What the agent costs while nothing happens: no probe is configured beyond readiness, so
// nothing has to wake it.
#include <cstdio>

#include "figures.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

constexpr double most_mib = 12;
constexpr std::chrono::seconds settled{3};
/// Boost.Asio leaves the timer of the kernel armed when a deadline is cancelled, that of the last
/// readiness probe here: one wake-up when it would have come.
constexpr std::chrono::seconds last_deadline{15};

double mib(double kib) { return kib / 1024; }

void measure_one(bench& all, bool is_detached) {
    auto terms = all.terms();
    terms.is_detached = is_detached;
    host of(require_node(), terms);
    const std::string name = is_detached ? "agent, up -d" : "agent, up in the foreground";
    const int pids[] = {of.agent_pid(), of.keeper_pid()};
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() + last_deadline);
    const activity before[] = {activity_of(pids[0]), activity_of(pids[1])};
    const auto fresh = resident_of(pids[0]);
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() +
                               std::chrono::seconds(all.chosen.idle_seconds));
    const activity after[] = {activity_of(pids[0]), activity_of(pids[1])};
    const auto seconds = " in " + std::to_string(all.chosen.idle_seconds) + " idle seconds";
    const auto add = [&](const std::string& who, const std::string& what, const char* unit,
                         double value, std::optional<goal> reach = {}) {
        all.into.add({"still", who, what, unit, {value}, reach});
    };
    add(name, "resident", "MiB", mib(fresh.all_kib), goal{most_mib});
    add(name, "proportional (Pss)", "MiB", mib(fresh.proportional_kib));
    add(name, "anonymous", "MiB", mib(fresh.own_kib));
    add(name, "wake-ups" + seconds, "", after[0].switches - before[0].switches, goal{0});
    add(name, "processor time" + seconds, "ms", (after[0].running_ns - before[0].running_ns) / 1e6);
    const std::string keeper = is_detached ? "keeper, up -d" : "keeper, up in the foreground";
    add(keeper, "resident", "MiB", mib(resident_of(pids[1]).all_kib));
    add(keeper, "wake-ups" + seconds, "", after[1].switches - before[1].switches, goal{0});
    of.deploy('b');
    of.deploy('c');
    for (int i = 0; i < 100; ++i) {
        static_cast<void>(of.agent_pid());
    }
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() + settled);
    const auto used = resident_of(pids[0]);
    add(name, "resident, after two deploys and 100 requests", "MiB", mib(used.all_kib),
        goal{most_mib});
    add(name, "anonymous, after them", "MiB", mib(used.own_kib));
    std::fprintf(stderr, "still: %s\n", name.c_str());
}

}  // namespace

void measure_still(bench& all) {
    measure_one(all, true);
    measure_one(all, false);
}

}  // namespace deploy_bench
