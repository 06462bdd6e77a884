// Zombies that wait all at once: they are made while the init is stopped.
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "figures.hpp"

namespace keeper_bench {
namespace {

using namespace std::chrono_literals;

constexpr int reap_limit_s = 120;

double reap_once(bench& all, const init& what) {
    const auto count = static_cast<std::size_t>(all.chosen.zombies);
    const running one(what, all.plan(place::pid_1, {"zombies", std::to_string(count)}));
    one.send(SIGSTOP);
    siginfo_t stopped{};
    ::waitid(P_PID, static_cast<id_t>(one.pid()), &stopped, WSTOPPED);
    raise_to(one.shared().go, 1);
    if (!wait_at_least(one.shared().done, 1, reap_limit_s) || one.shared().done.load() != 1) {
        throw std::runtime_error(
            "the zombies could not be made (processes left? see kernel.pid_max and pids.max)");
    }
    const auto waiting = one.children();
    if (waiting.size() != count + 1) {
        throw std::runtime_error(std::to_string(waiting.size()) + " children instead of " +
                                 std::to_string(count + 1));
    }
    // The kernel hands them out oldest first, so the last of the list is the last to go.
    const int last = waiting.back();
    const std::int64_t begin = one.send(SIGCONT);
    const std::int64_t until = begin + std::int64_t{reap_limit_s} * 1'000'000'000;
    while (::kill(last, 0) == 0 && now_ns() < until) {
        std::this_thread::sleep_for(50us);
    }
    std::int64_t end = now_ns();
    while (one.children().size() > 1 && end < until) {
        end = now_ns();
    }
    if (end >= until) {
        throw std::runtime_error("it did not reap");
    }
    return static_cast<double>(count) / (static_cast<double>(end - begin) / 1e9) / 1000;
}

}  // namespace

void measure_reap(bench& all) {
    values_of rate;
    in_turn(all, "reap", all.chosen.runs, [&](const init& one) {
        if (one.is != kind::none) {
            rate[one.name].push_back(reap_once(all, one));
        }
    });
    add_rows(all, "reap",
             std::to_string(all.chosen.zombies) + " waiting zombies, thousands a second", "k/s",
             rate, {}, against_best{1, true});
}

}  // namespace keeper_bench
