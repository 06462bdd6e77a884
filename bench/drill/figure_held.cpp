// What many idle connections cost the generator: resident memory of a process that has
// nothing else to do. Forked, because what an earlier figure has used stays with the process.
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "figures.hpp"
#include "shared/server_process.hpp"

namespace load_bench {
namespace {

using namespace std::chrono_literals;

/// MiB with all of them established; 0 when they were not within a minute.
double held_mib(const web_server& server, int connections) {
    auto plan = server.plan();
    drill::lane_plan lane;
    lane.kind = drill::lane_kind::idle;
    lane.clients = connections;
    lane.ramp = std::chrono::seconds(2);
    plan.lanes = {lane};
    drill::load one(plan, std::make_shared<drill::name_pool>());
    one.start();
    const auto count = static_cast<std::uint64_t>(connections);
    const auto until = drill::clock::now() + 1min;
    while (one.counters().answered < count || one.counters().connections < count) {
        if (drill::clock::now() > until) {
            return 0;
        }
        std::this_thread::sleep_for(10ms);
    }
    return static_cast<double>(measured::resident_bytes_of(::getpid())) / (1024 * 1024);
}

double in_a_process_of_its_own(const web_server& server, int connections) {
    int ends[2];
    if (::pipe(ends) != 0) {
        throw std::runtime_error("no pipe");
    }
    const auto child = ::fork();
    if (child == 0) {
        const double value = held_mib(server, connections);
        const bool told = ::write(ends[1], &value, sizeof value) == sizeof value;
        ::_exit(told ? 0 : 1);
    }
    ::close(ends[1]);
    double value = 0;
    const bool whole = ::read(ends[0], &value, sizeof value) == sizeof value;
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return whole ? value : 0;
}

}  // namespace

void measure_held(bench& all) {
    const web_server server;
    std::vector<double> values;
    for (int i = 0; i < all.chosen.runs; ++i) {
        const double value = in_a_process_of_its_own(server, all.chosen.connections);
        if (value == 0) {
            all.into.note(
                "held: not all connections were made within a minute; is the limit of "
                "open files (ulimit -n) high enough?");
            continue;
        }
        values.push_back(value);
        std::fprintf(stderr, "held %d/%d %.0f MiB\n", i + 1, all.chosen.runs, value);
    }
    all.into.add({"held", "drill",
                  "resident with " + std::to_string(all.chosen.connections) + " connections", "MiB",
                  values, goal{300, false}});
}

}  // namespace load_bench
