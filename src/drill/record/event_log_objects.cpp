#include "drill/record/event_log_objects.hpp"

namespace lastcall::drill {
namespace {

constexpr int greatest_signal = 64;  // signal(7)

void write_numbers(event_line& line, std::string_view key, const std::vector<std::uint64_t>& all) {
    line.open(key, '[');
    for (const auto one : all) {
        line.number("", one);
    }
    line.shut(']');
}

}  // namespace

void write_texts(event_line& line, std::string_view key, const std::vector<std::string>& texts) {
    line.open(key, '[');
    for (const auto& one : texts) {
        line.text("", one);
    }
    line.shut(']');
}

void write(event_line& line, const expectations& of) {
    line.open("\"expected\":", '{')
        .word("\"policy\":", to_string(of.judge_by))
        .number("\"grace\":", of.grace.count())
        .number("\"exit_within\":", of.exit_within.count())
        .open("\"exit_codes\":", '[');
    for (const int code : of.exit_codes) {
        line.number("", code);
    }
    line.shut(']')
        .number("\"route_lag\":", of.route_lag.count())
        .number("\"lame_duck_at_least\":", of.lame_duck_at_least.count())
        .number("\"not_ready_within\":", of.not_ready_within.count())
        .number("\"idle_closed_within\":", of.idle_closed_within.count())
        .truth("\"shedding_is_fine\":", of.shedding_is_fine)
        .number("\"allowed_losses\":", of.allowed_losses)
        .number("\"allowed_idle_races\":", of.allowed_idle_races)
        .number("\"samples_per_cell\":", of.samples_per_cell)
        .truth("\"ends\":", of.ends)
        .truth("\"has_probe\":", of.has_probe)
        .truth("\"tries_port\":", of.tries_port)
        .text("\"second_signal\":", of.second_signal)
        .number("\"second_number\":", of.second_number)
        .shut('}');
}

expectations expectations_of(const line_fields& from) {
    expectations made;
    made.judge_by = from.word("policy", policy_from);
    made.grace = from.duration("grace");
    made.exit_within = from.duration("exit_within");
    made.exit_codes = from.numbers<int>("exit_codes", INT32_MIN);
    made.route_lag = from.duration("route_lag");
    made.lame_duck_at_least = from.duration("lame_duck_at_least");
    made.not_ready_within = from.duration("not_ready_within");
    made.idle_closed_within = from.duration("idle_closed_within");
    made.shedding_is_fine = from.truth("shedding_is_fine");
    made.allowed_losses = from.number<std::uint64_t>("allowed_losses");
    made.allowed_idle_races = from.number<std::uint64_t>("allowed_idle_races");
    made.samples_per_cell = from.number<std::uint32_t>("samples_per_cell");
    made.ends = from.truth("ends");
    made.has_probe = from.truth("has_probe");
    made.tries_port = from.truth("tries_port");
    made.second_signal = from.text("second_signal");
    made.second_number = from.some<int>("second_number");
    return made;
}

void write(event_line& line, const exit_facts& of) {
    line.open("\"exit\":", '{')
        .truth("\"known\":", of.known)
        .number("\"code\":", of.code)
        .number("\"signal\":", of.signal)
        .truth("\"core\":", of.dumped_core)
        .truth("\"killed_by_us\":", of.killed_by_us)
        .number("\"processor_ns\":", of.processor_ns)
        .number("\"peak_bytes\":", of.peak_bytes)
        .shut('}');
}

exit_facts exit_of(const line_fields& from) {
    exit_facts made;
    made.known = from.truth("known");
    made.code = from.number<int>("code", INT32_MIN);
    made.signal = from.number<int>("signal", 0, greatest_signal);
    made.dumped_core = from.truth("core");
    made.killed_by_us = from.truth("killed_by_us");
    made.processor_ns = from.span("processor_ns");
    made.peak_bytes = from.number<std::int64_t>("peak_bytes");
    return made;
}

void write(event_line& line, const generator_health& of) {
    line.open("\"generator\":", '{')
        .real("\"processor_share\":", of.processor_share)
        .number("\"late_p50\":", of.late_p50_ns)
        .number("\"late_p99\":", of.late_p99_ns)
        .number("\"late_max\":", of.late_max_ns)
        .truth("\"sees_packets\":", of.sees_packets);
    write_texts(line, "\"troubles\":", of.troubles);
    line.shut('}');
}

generator_health generator_of(const line_fields& from) {
    generator_health made;
    made.processor_share = from.real("processor_share");
    made.late_p50_ns = from.span("late_p50");
    made.late_p99_ns = from.span("late_p99");
    made.late_max_ns = from.span("late_max");
    made.sees_packets = from.truth("sees_packets");
    made.troubles = from.texts("troubles");
    return made;
}

void write(event_line& line, const effect_ledger& of) {
    line.open("\"effects\":", '{')
        .number("\"asked\":", of.asked)
        .number("\"acknowledged\":", of.acknowledged)
        .number("\"found\":", of.found);
    write_numbers(line, "\"lost\":", of.lost);
    write_numbers(line, "\"unclaimed\":", of.unclaimed);
    line.text("\"problem\":", of.problem).shut('}');
}

effect_ledger effects_of(const line_fields& from) {
    effect_ledger made;
    made.asked = from.number<std::uint64_t>("asked");
    made.acknowledged = from.number<std::uint64_t>("acknowledged");
    made.found = from.number<std::uint64_t>("found");
    made.lost = from.numbers<std::uint64_t>("lost");
    made.unclaimed = from.numbers<std::uint64_t>("unclaimed");
    made.problem = from.text("problem");
    return made;
}

}  // namespace lastcall::drill
