#include "drill/verdict/summary.hpp"

#include <algorithm>

namespace lastcall::drill {
namespace {

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return quantile(values, 0.5);
}

}  // namespace

std::vector<double> latencies_before(const judged_run& of) {
    std::vector<double> made;
    for (const auto& stop : of.stops) {
        const judge_of_exchanges judge(*stop.trial, of.run.expected);
        for (const auto& one : stop.trial->exchanges) {
            if (one.intended_ns != 0 && timing_of(one, stop.begun_ns) == timing::before &&
                judge.of(one) == ruling::fine) {
                made.push_back(milliseconds(one.end_ns - one.intended_ns));
            }
        }
    }
    std::ranges::sort(made);
    return made;
}

double median_exit_ms(const judged_run& of) {
    std::vector<double> made;
    for (const auto& stop : of.stops) {
        if (stop.begun_ns != 0 && stop.at(mark::exited) >= stop.begun_ns) {
            made.push_back(milliseconds(stop.at(mark::exited) - stop.begun_ns));
        }
    }
    return median(made);
}

double median_last_response_ms(const judged_run& of) {
    std::vector<double> made;
    for (const auto& stop : of.stops) {
        if (stop.counted.last_response_ns > stop.told_ns && stop.told_ns != 0) {
            made.push_back(milliseconds(stop.counted.last_response_ns - stop.told_ns));
        }
    }
    return median(made);
}

run_summary summarise(const judged_run& of) {
    run_summary made;
    made.sequence = of.run.sequence;
    made.subject = of.run.subject;
    made.overall = standing::pass;
    made.criteria.assign(of.earlier.begin(), of.earlier.end());
    for (const auto& stop : of.stops) {
        made.lost += stop.lost;
        made.at_risk += static_cast<std::uint64_t>(std::ranges::count_if(
            stop.at_risk, [](const risky_exchange& one) { return one.counts(); }));
    }
    for (const auto& lane : of.run.lanes) {
        if (!lane.is_left_out) {
            made.lanes.push_back(lane.name + " " + std::to_string(lane.clients));
        }
    }
    std::ranges::sort(made.lanes);
    made.grace_ms = milliseconds(of.run.expected.grace.count());
    made.exit_ms = median_exit_ms(of);
    made.last_response_ms = median_last_response_ms(of);
    made.latency_p99_ms = quantile(latencies_before(of), 0.99);
    return made;
}

run_summary summarise(const run_record& run, const verdict& judged) {
    judged_run of{run, {}, nullptr, judged.criteria};
    for (const auto& trial : run.trials) {
        of.stops.emplace_back(trial, run.expected);
    }
    auto made = summarise(of);
    made.overall = judged.overall;
    return made;
}

}  // namespace lastcall::drill
