#include "drill/verdict/suggest.hpp"

#include <algorithm>

#include "drill/verdict/stop_view.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

constexpr std::int64_t second = 1'000'000'000;

/// What was measured, the worst of all trials, in nanoseconds.
struct measurements {
    std::int64_t route_lag = 0;  ///< that traffic still comes after the platform's decision
    std::int64_t own_delay = 0;  ///< the program's own: from the signal to the listener's close
    std::int64_t drain = 0;      ///< p99.9 of what was answered after the signal
    std::int64_t tail = 0;       ///< from the last response to the exit
    std::size_t answered = 0;
    std::uint64_t lost = 0;
};

std::int64_t up_to_seconds(double ns) {
    const auto whole = static_cast<std::int64_t>(ns) / second;
    return static_cast<double>(whole * second) < ns ? whole + 1 : whole;
}

measurements measure(const run_record& run) {
    measurements made;
    std::vector<double> drained;
    made.route_lag = run.expected.route_lag.count();
    bool first = true;
    for (const auto& trial : run.trials) {
        const stop_view stop(trial, run.expected);
        if (const auto withdrawn = stop.at(mark::routes_withdrawn); withdrawn > stop.begun_ns) {
            made.route_lag = std::max(made.route_lag, withdrawn - stop.begun_ns);
        }
        const auto closed = stop.at(mark::listener_closed);
        const auto delay = closed > stop.told_ns ? closed - stop.told_ns : 0;
        made.own_delay = first ? delay : std::min(made.own_delay, delay);
        first = false;
        std::int64_t last = stop.told_ns;
        for (const auto& [one, ruled, what, gone] : stop.at_risk) {
            if (ruled == ruling::fine && one->sent_ns != 0) {
                // What was sent later is counted from then: the drain waits for each alone.
                const auto from = std::max(stop.told_ns, one->sent_ns);
                drained.push_back(
                    static_cast<double>(std::max<std::int64_t>(0, one->end_ns - from)));
                last = std::max(last, one->end_ns);
            }
        }
        made.tail = std::max(made.tail, stop.at(mark::exited) - last);
        made.lost += stop.lost;
    }
    std::ranges::sort(drained);
    made.answered = drained.size();
    made.drain = static_cast<std::int64_t>(quantile(drained, 0.999));
    return made;
}

bool ended_by_itself(const run_record& run) {
    return !run.trials.empty() && std::ranges::all_of(run.trials, [](const trial_record& trial) {
        return trial.marks[mark::exited] != 0 && trial.marks[mark::killed] == 0 &&
               trial.marks[mark::signal_sent] != 0 && !trial.exit.killed_by_us &&
               !trial.is_interrupted;
    });
}

/// In whole seconds.
struct plan {
    std::int64_t lame_duck, pre_stop, drain, reserve, grace, grace_without_pre_stop;
};

plan plan_of(const measurements& seen) {
    plan made{};
    // A fifth more than was measured: the routes of a larger cluster take longer.
    made.lame_duck = up_to_seconds(static_cast<double>(seen.route_lag) * 1.2);
    made.pre_stop = std::max<std::int64_t>(0, made.lame_duck - seen.own_delay / second);
    made.drain = up_to_seconds(static_cast<double>(seen.drain) * 1.25) + 1;
    const auto own = up_to_seconds(static_cast<double>(seen.own_delay));
    const auto needed = own + made.drain + up_to_seconds(static_cast<double>(seen.tail));
    made.reserve = std::max<std::int64_t>(2, (needed + made.pre_stop + 9) / 10);
    made.grace_without_pre_stop = needed + made.reserve;
    made.grace = made.grace_without_pre_stop + made.pre_stop;
    return made;
}

std::string seconds(std::int64_t n) { return std::to_string(n) + "s"; }

std::vector<suggestion> numbers_of(const measurements& seen, const plan& chosen) {
    std::vector<suggestion> made;
    if (seen.route_lag != 0) {
        made.push_back({"preStop sleep", seconds(chosen.pre_stop),
                        "traffic comes for " + duration_text(seen.route_lag) +
                            " after the stop was decided; the program itself waits " +
                            duration_text(seen.own_delay) + " before it closes its listener"});
    }
    auto because = "p99.9 of " + count_text(seen.answered, "answer") + " after the signal is " +
                   duration_text(seen.drain) + ", and a quarter and 1 s more";
    if (seen.lost != 0) {
        because += "; " + std::to_string(seen.lost) +
                   " were lost and are not in it: repair that, and measure again";
    }
    made.push_back({"drain deadline", seconds(chosen.drain), because});
    made.push_back({"grace", seconds(chosen.grace),
                    "preStop " + seconds(chosen.pre_stop) + ", the program's own delay " +
                        duration_text(seen.own_delay) + ", drain " + seconds(chosen.drain) + ", " +
                        duration_text(seen.tail) +
                        " from the last response to the exit, and a reserve of " +
                        seconds(chosen.reserve)});
    return made;
}

std::string kubernetes_of(const plan& chosen) {
    std::string text =
        "spec:\n"
        "  template:\n"
        "    spec:\n"
        "      terminationGracePeriodSeconds: " +
        std::to_string(chosen.grace) + "\n";
    if (chosen.pre_stop != 0) {
        text +=
            "      containers:\n"
            "        - name: CONTAINER  # as in the Deployment\n"
            "          lifecycle:\n"
            "            preStop:\n"
            "              sleep:\n"
            "                seconds: " +
            std::to_string(chosen.pre_stop) + "\n";
    }
    return text;
}

std::string systemd_of(const run_record& run, const plan& chosen) {
    return "[Service]\n"
           "KillSignal=" +
           run.signal +
           "\n"
           "KillMode=mixed\n"
           "TimeoutStopSec=" +
           seconds(chosen.grace_without_pre_stop) + "\n";
}

std::string docker_of(const run_record& run, const plan& chosen) {
    const auto grace = std::to_string(chosen.grace_without_pre_stop);
    return "# docker run --stop-signal " + run.signal + " --stop-timeout " + grace +
           " ...\n"
           "# in the service of a compose file:\n"
           "stop_signal: " +
           run.signal +
           "\n"
           "stop_grace_period: " +
           grace + "s\n";
}

std::string contract_of(const run_record& run, const plan& chosen) {
    std::string text = "signal: " + run.signal +
                       "\n"
                       "grace: " +
                       seconds(chosen.grace) + "\n";
    if (chosen.lame_duck != 0) {
        text +=
            "lame_duck:\n"
            "  min: " +
            seconds(chosen.lame_duck) + "\n";
    }
    return text;
}

}  // namespace

suggestions suggest(const run_record& run) {
    suggestions made;
    if (!ended_by_itself(run) || !run.expected.ends || !run.event.empty()) {
        return made;
    }
    const auto seen = measure(run);
    const auto chosen = plan_of(seen);
    made.numbers = numbers_of(seen, chosen);
    made.kubernetes = kubernetes_of(chosen);
    made.systemd = systemd_of(run, chosen);
    made.docker = docker_of(run, chosen);
    made.contract = contract_of(run, chosen);
    return made;
}

std::string to_text(const suggestions& made) {
    if (made.numbers.empty()) {
        return "No numbers to suggest: the service has to end by itself first.\n";
    }
    std::string text;
    for (const auto& one : made.numbers) {
        text += one.setting + ": " + one.value + "\n    " + one.because + "\n";
    }
    const auto part = [&](const char* title, const std::string& patch) {
        text += "\n" + std::string(title) + "\n" + patch;
    };
    part("# Kubernetes, a patch of the Deployment", made.kubernetes);
    part("# systemd, a drop-in of the unit", made.systemd);
    part("# Docker", made.docker);
    part("# shutdown.yaml", made.contract);
    return text;
}

}  // namespace lastcall::drill
