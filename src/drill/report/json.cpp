// The report for programs. docs/drill-json.md describes it, docs/drill-json.schema.json holds
// it to that; whoever adds a member adds it there.
#include <algorithm>

#include "core/json.hpp"
#include "drill/report/reports.hpp"
#include "drill/verdict/statistics.hpp"
#include "drill/verdict/summary.hpp"

namespace lastcall::drill {
namespace {

using core::json_writer;

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }
double milliseconds(std::chrono::nanoseconds d) { return milliseconds(d.count()); }

/// The writer knows signed numbers only; what does not fit is as good as endless.
long long whole(std::uint64_t n) {
    return static_cast<long long>(std::min<std::uint64_t>(n, INT64_MAX));
}

void write_texts(json_writer& out, const char* key, const std::vector<std::string>& texts) {
    out.key(key).begin_array();
    for (const auto& one : texts) {
        out.value(one);
    }
    out.end_array();
}

void write_settings(json_writer& out, const expectations& of) {
    out.key("settings").begin_object();
    out.field("policy", to_string(of.judge_by));
    out.field("grace_ms", milliseconds(of.grace));
    out.field("exit_within_ms", milliseconds(of.exit_within));
    out.key("exit_codes").begin_array();
    for (const int code : of.exit_codes) {
        out.value(code);
    }
    out.end_array();
    out.field("route_lag_ms", milliseconds(of.route_lag));
    out.field("lame_duck_at_least_ms", milliseconds(of.lame_duck_at_least));
    out.field("not_ready_within_ms", milliseconds(of.not_ready_within));
    out.field("idle_closed_within_ms", milliseconds(of.idle_closed_within));
    out.field("shedding_is_fine", of.shedding_is_fine);
    out.field("allowed_losses", whole(of.allowed_losses));
    if (of.allowed_idle_races != UINT64_MAX) {
        out.field("allowed_idle_races", whole(of.allowed_idle_races));
    }
    out.field("samples_per_cell", of.samples_per_cell);
    out.field("ends", of.ends);
    out.field("has_probe", of.has_probe);
    out.field("second_signal", of.second_signal);
    out.end_object();
}

void write_lanes(json_writer& out, const std::vector<lane_facts>& lanes) {
    out.key("lanes").begin_array();
    for (const auto& one : lanes) {
        out.begin_object().field("name", one.name).field("clients", one.clients);
        out.field("left_out", one.is_left_out).field("why", one.why).end_object();
    }
    out.end_array();
}

void write_verdict(json_writer& out, const verdict& made) {
    out.key("verdict").begin_object();
    out.field("overall", to_string(made.overall)).field("exit_status", made.exit_status());
    write_texts(out, "inconclusive_because", made.inconclusive_because);
    out.end_object();
    out.key("criteria").begin_array();
    for (const auto& one : made.criteria) {
        out.begin_object().field("id", one.id).field("title", one.title);
        out.field("standing", to_string(one.how)).field("measured", one.measured);
        out.field("why", one.why).field("fix", one.fix).end_object();
    }
    out.end_array();
}

void write_counts(json_writer& out, const counts& of) {
    out.key("outcomes").begin_array();
    for (const auto result : all_outcomes()) {
        if (of.of(result) == 0) {
            continue;
        }
        out.begin_object().field("outcome", to_string(result));
        out.field("blame", to_string(blame_of(result)));
        for (const auto when : {timing::before, timing::in_flight, timing::after}) {
            out.field(to_string(when), whole(of.of(result, when)));
        }
        out.end_object();
    }
    out.end_array();
}

void write_totals(json_writer& out, const tally& of) {
    out.key("requests").begin_object();
    out.field("total", whole(of.all.total()));
    out.key("rulings").begin_object();
    for (std::size_t i = 0; i < ruling_count; ++i) {
        out.field(to_string(static_cast<ruling>(i)), whole(of.rulings[i]));
    }
    out.end_object();
    write_counts(out, of.all);
    out.key("lanes").begin_array();
    for (const auto& one : of.lanes) {
        out.begin_object().field("lane", one.lane);
        out.field("at_risk", whole(one.at_risk)).field("lost", whole(one.lost));
        write_counts(out, one.by_outcome);
        out.end_object();
    }
    out.end_array().end_object();
}

void write_losses(json_writer& out, const judged_run& of, const run_summary& summary) {
    std::uint64_t before = 0;
    std::uint64_t races = 0;
    std::uint64_t ambiguous = 0;
    for (const auto& stop : of.stops) {
        before += stop.lost_before;
        races += stop.idle_races;
        ambiguous += stop.ambiguous;
    }
    out.key("losses").begin_object();
    out.field("at_risk", whole(summary.at_risk)).field("lost", whole(summary.lost));
    out.field("below_percent", 100 * upper_bound_95(summary.lost, summary.at_risk));
    out.field("lost_before", whole(before)).field("idle_races", whole(races));
    out.field("ambiguous", whole(ambiguous)).end_object();
}

void write_cells(json_writer& out, const std::vector<cell_result>& cells) {
    out.key("cells").begin_array();
    for (const auto& one : cells) {
        out.begin_object().field("cell", to_string(one.where));
        out.field("reachable", one.is_reachable).field("seen", whole(one.seen));
        out.field("wanted", whole(one.wanted)).field("lost", whole(one.lost));
        out.field("below_percent", 100 * one.upper_bound);
        out.key("outcomes").begin_object();
        for (const auto result : all_outcomes()) {
            if (const auto n = one.outcomes[static_cast<std::size_t>(result)]; n != 0) {
                out.field(to_string(result), whole(n));
            }
        }
        out.end_object().key("quiet_ends").begin_object();
        for (std::size_t i = 0; i < one.quiet_ends.size(); ++i) {
            if (one.quiet_ends[i] != 0) {
                out.field(to_string(static_cast<quiet_end>(i)), whole(one.quiet_ends[i]));
            }
        }
        out.end_object().end_object();
    }
    out.end_array();
}

void write_times(json_writer& out, const judged_run& of, const run_summary& summary) {
    const auto latencies = latencies_before(of);
    out.field("exit_ms", summary.exit_ms).field("last_response_ms", summary.last_response_ms);
    out.key("latency_before_ms").begin_object().field("count", latencies.size());
    for (const auto& [name, share] :
         {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1.0}}) {
        out.field(name, quantile(latencies, share));
    }
    out.end_object();
}

void write_exit(json_writer& out, const exit_facts& of) {
    out.key("exit").begin_object().field("known", of.known);
    out.field("code", of.code).field("signal", of.signal);
    out.field("core", of.dumped_core).field("killed_by_us", of.killed_by_us);
    out.field("processor_ms", milliseconds(of.processor_ns));
    out.field("peak_bytes", static_cast<long long>(of.peak_bytes)).end_object();
}

void write_findings(json_writer& out, const trial_record& of, std::int64_t origin) {
    out.key("leftovers").begin_array();
    for (const auto& one : of.leftovers) {
        out.begin_object().field("what", to_string(one.what)).field("text", one.text);
        out.end_object();
    }
    out.end_array().key("explanations").begin_array();
    for (const auto& one : of.explanations) {
        out.begin_object().field("at_ms", one.ns == 0 ? 0.0 : milliseconds(one.ns - origin));
        out.field("pid", one.pid).field("cause", one.cause).field("rule", one.rule);
        out.field("why", one.why).field("fix", one.fix).end_object();
    }
    out.end_array();
    write_texts(out, "notes", of.notes);
}

void write_effects(json_writer& out, const effect_ledger& of) {
    out.key("effects").begin_object();
    out.field("asked", whole(of.asked)).field("acknowledged", whole(of.acknowledged));
    out.field("found", whole(of.found));
    for (const auto& [name, list] : {std::pair{"lost", &of.lost}, {"unclaimed", &of.unclaimed}}) {
        out.key(name).begin_array();
        for (const auto one : *list) {
            out.value(whole(one));
        }
        out.end_array();
    }
    out.field("problem", of.problem).end_object();
}

void write_generator(json_writer& out, const generator_health& of) {
    out.key("generator").begin_object().field("processor_share", of.processor_share);
    out.field("late_p50_ms", milliseconds(of.late_p50_ns));
    out.field("late_p99_ms", milliseconds(of.late_p99_ns));
    out.field("late_max_ms", milliseconds(of.late_max_ns));
    out.field("sees_packets", of.sees_packets);
    write_texts(out, "troubles", of.troubles);
    out.end_object();
}

void write_trial(json_writer& out, const stop_view& stop) {
    const auto& trial = *stop.trial;
    const auto origin = stop.told_ns != 0 ? stop.told_ns : stop.at(mark::load_begun);
    out.begin_object().field("number", trial.number);
    out.field("sweep_offset_ms", milliseconds(trial.sweep_offset_ns));
    out.field("interrupted", trial.is_interrupted);
    out.field("at_risk", whole(stop.counted.at_risk)).field("lost", whole(stop.lost));
    out.key("marks_ms").begin_object();
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        if (trial.marks[which] != 0) {
            out.field(to_string(which), milliseconds(trial.marks[which] - origin));
        }
    }
    out.end_object();
    write_exit(out, trial.exit);
    write_findings(out, trial, origin);
    if (trial.effects) {
        write_effects(out, *trial.effects);
    }
    write_generator(out, trial.generator);
    out.end_object();
}

}  // namespace

std::string to_json(const run_record& run, const verdict& made) {
    judged_run of{run, {}, nullptr, made.criteria};
    for (const auto& trial : run.trials) {
        of.stops.emplace_back(trial, run.expected);
    }
    const auto summary = summarise(of);
    json_writer out;
    out.begin_object().field("lastcall_drill", 1);
    out.field("sequence", run.sequence).field("subject", run.subject).field("url", run.url);
    out.field("signal", run.signal)
        .field("event", run.event)
        .field("host", run.host)
        .field("started", run.started);
    write_verdict(out, made);
    write_losses(out, of, summary);
    write_times(out, of, summary);
    write_settings(out, run.expected);
    write_lanes(out, run.lanes);
    write_totals(out, made.totals);
    write_cells(out, made.cells);
    out.key("trials").begin_array();
    for (const auto& stop : of.stops) {
        write_trial(out, stop);
    }
    out.end_array().end_object();
    return std::move(out).text() + '\n';
}

}  // namespace lastcall::drill
