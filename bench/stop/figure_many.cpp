// Signal to exit with 10,000 idle keep-alive connections, and what each of them costs in
// memory. Our service waits a race grace of 500 ms before it closes an idle connection, so
// that no request is lost; it is taken off, because it is a choice and not work.
#include <map>

#include "figures.hpp"
#include "shared/server_process.hpp"
#include "stop_run.hpp"

namespace stop_bench {
namespace {

constexpr double race_grace_ms = 500;

struct seen_of {
    std::vector<double> to_exit;
    std::vector<double> kib_each;
    int never = 0;
};

server with_race_grace(server one) {
    if (one.ours) {
        const auto before = one.command;
        one.command = [before](const auto& listen, const auto& home) {
            auto command = before(listen, home);
            command.argv.insert(command.argv.end(),
                                {"--race-grace", std::to_string(int(race_grace_ms)) + "ms"});
            return command;
        };
    }
    return one;
}

/// All processes of the server: nginx holds its connections in its workers.
double resident_kib(running_server& running) {
    std::uint64_t sum = 0;
    for (const int pid : running.process().processes()) {
        sum += measured::resident_bytes_of(pid);
    }
    return static_cast<double>(sum) / 1024;
}

}  // namespace

void measure_many(bench& all) {
    std::map<std::string, seen_of> seen;
    const auto count = static_cast<std::uint64_t>(all.chosen.connections);
    in_turn(all, "10k", 5, [&](const server& one) {
        running_server running(with_race_grace(one));
        const double before = resident_kib(running);
        auto plan = plan_for(running.at());
        plan.lanes = {lane_for(lastcall::drill::lane_kind::idle, all.chosen.connections)};
        plan.lanes[0].ramp = std::chrono::milliseconds(count / 4);
        running_load load(plan);
        const auto& seen_now = load.get().counters();
        wait_for(running,
                 [&] { return seen_now.answered >= count && seen_now.connections == count; });
        const double with = resident_kib(running);
        const auto stop = stop_under(one, running, load);
        auto& into = seen[one.name];
        into.kib_each.push_back((with - before) / static_cast<double>(count));
        if (stop.ended) {
            into.to_exit.push_back(stop.signal_to_exit_ms - (one.ours ? race_grace_ms : 0));
        } else {
            ++into.never;
        }
    });
    for (const auto& one : all.servers) {
        const auto& of = seen[one.name];
        all.into.add({"10k", one.label(),
                      one.ours ? "signal to exit, less the race grace of 500 ms" : "signal to exit",
                      "ms", of.to_exit, one.ours ? std::optional(goal{100, false}) : std::nullopt,
                      never_ended(of.never)});
        all.into.add({"10k", one.label(), "memory for each idle connection", "KiB", of.kib_each,
                      one.ours ? std::optional(goal{4, false}) : std::nullopt});
    }
}

}  // namespace stop_bench
