// Every handler is deaf: only the watchdog can end the process, and it has to do so at the
// deadline, also where both processors are busy with something else.
#include <signal.h>

#include <cmath>
#include <memory>
#include <thread>

#include "figures.hpp"
#include "stop_run.hpp"

namespace stop_bench {
namespace {

using namespace std::chrono_literals;
namespace drill = lastcall::drill;

constexpr auto deadline = 1000ms;

/// Signal to exit of one deaf service, less the deadline.
double distance_ms(const std::string& program) {
    const auto deaf =
        drill::start_command({.argv = {program, "--grace", "1000ms", "--reserve", "0ms"}}, {});
    const auto patience = drill::clock::now() + ceiling;
    while (deaf->last_lines().empty()) {
        if (deaf->wait(drill::clock::now() + 1ms) || drill::clock::now() > patience) {
            throw std::runtime_error("deaf_service did not get ready");
        }
    }
    const auto sent = drill::clock::now();
    deaf->signal_main(SIGTERM);
    if (!deaf->wait(sent + ceiling)) {
        throw std::runtime_error("deaf_service is still there 20 s after SIGTERM");
    }
    const std::chrono::nanoseconds lasted(deaf->exit_ns() - drill::nanoseconds(sent));
    return std::chrono::duration<double, std::milli>(lasted - deadline).count();
}

void measure_distance(bench& all, const std::string& program, const std::string& what) {
    std::vector<double> values;
    const int runs = all.chosen.stops > 0 ? all.chosen.stops : 10;
    for (int i = 0; i < runs; ++i) {
        values.push_back(std::abs(distance_ms(program)));
        std::fprintf(stderr, "deadline %d/%d %s\n", i + 1, runs, what.c_str());
    }
    all.into.add({"deadline", "deaf_service (TERM)", what, "ms", values, goal{20, true}});
}

}  // namespace

void measure_deadline(bench& all) {
    const auto program = (std::filesystem::path(all.chosen.bin) / "deaf_service").string();
    if (!std::filesystem::exists(program)) {
        all.into.note("deadline: there is no " + program);
        return;
    }
    measure_distance(all, program, "exit, distance from the deadline of 1 s");
    std::vector<std::unique_ptr<drill::subject>> spinning;
    for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) {
        spinning.push_back(
            drill::start_command({.argv = {"/bin/sh", "-c", "while :; do :; done"}}, {}));
    }
    measure_distance(all, program, "the same with every processor busy");
}

}  // namespace stop_bench
