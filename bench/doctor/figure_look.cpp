// One look at one process, beside a thousand others.
#include <cstdio>

#include "crowd.hpp"
#include "figures.hpp"
#include "shared/command_cost.hpp"
#include "shared/programs.hpp"
#include "subject.hpp"

namespace doctor_bench {
namespace {

constexpr goal most_wall_ms{1200, true};
constexpr goal most_cpu_ms{50, true};

std::vector<helper> crowd_of(const bench& all) {
    return make_crowd(all.chosen.processes, all.chosen.sockets);
}

}  // namespace

void add_looks(bench& all, const std::string& figure, const std::string& subject,
               const std::vector<std::string>& arguments) {
    std::vector<std::string> words{measured::own_folder() + "/lastcall", "doctor"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<double> wall;
    std::vector<double> cpu;
    for (int i = 0; i < all.chosen.runs; ++i) {
        const auto cost = measured::cost_of(words);
        if (cost.status != 0 && cost.status != 3) {
            all.into.note(figure + ": a run ended with " + std::to_string(cost.status));
            continue;
        }
        wall.push_back(cost.wall_ms);
        cpu.push_back(cost.cpu_ms);
        std::fprintf(stderr, "%s %d/%d %.0f ms, %.1f ms of processor time\n", figure.c_str(), i + 1,
                     all.chosen.runs, cost.wall_ms, cost.cpu_ms);
    }
    all.into.add({figure, subject, "duration", "ms", wall, most_wall_ms});
    all.into.add({figure, subject, "processor time", "ms", cpu, most_cpu_ms});
}

void measure_pid(bench& all) {
    const auto crowd = crowd_of(all);
    const auto whom = make_subject(20);
    add_looks(all, "pid", "doctor PID", {std::to_string(whom.server.pid())});
}

void measure_port(bench& all) {
    const auto crowd = crowd_of(all);
    const auto whom = make_subject(20);
    add_looks(all, "port", "doctor --port N", {"--port", std::to_string(whom.port())});
}

void measure_since(bench& all) {
    const auto crowd = crowd_of(all);
    const auto whom = make_subject(20, true);
    add_looks(all, "since", "doctor PID --since 5s",
              {std::to_string(whom.server.pid()), "--since", "5s"});
}

}  // namespace doctor_bench
