// Two records, compared member by member, so that a difference is named.
#pragma once

#include <gtest/gtest.h>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

inline void expect_same(const exchange& a, const exchange& b) {
    EXPECT_EQ(a.lane, b.lane);
    EXPECT_EQ(a.method, b.method);
    EXPECT_EQ(a.target, b.target);
    EXPECT_EQ(a.connection, b.connection);
    EXPECT_EQ(a.nth, b.nth);
    EXPECT_EQ(a.opened_ns, b.opened_ns);
    EXPECT_EQ(a.intended_ns, b.intended_ns);
    EXPECT_EQ(a.sent_ns, b.sent_ns);
    EXPECT_EQ(a.first_byte_ns, b.first_byte_ns);
    EXPECT_EQ(a.end_ns, b.end_ns);
    EXPECT_EQ(a.bytes, b.bytes);
    EXPECT_EQ(a.body, b.body);
    EXPECT_EQ(a.missing, b.missing);
    EXPECT_EQ(a.effect, b.effect);
    EXPECT_EQ(a.instance, b.instance);
    EXPECT_EQ(a.error, b.error);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.result, b.result);
    EXPECT_EQ(a.at_signal, b.at_signal);
    EXPECT_EQ(a.request_taken, b.request_taken);
    EXPECT_EQ(a.close_announced, b.close_announced);
}

inline void expect_same(const connection_end& a, const connection_end& b) {
    EXPECT_EQ(a.lane, b.lane);
    EXPECT_EQ(a.connection, b.connection);
    EXPECT_EQ(a.requests, b.requests);
    EXPECT_EQ(a.opened_ns, b.opened_ns);
    EXPECT_EQ(a.end_ns, b.end_ns);
    EXPECT_EQ(a.how, b.how);
    EXPECT_EQ(a.at_signal, b.at_signal);
}

inline void expect_same(const sample& a, const sample& b) {
    EXPECT_EQ(a.ns, b.ns);
    EXPECT_EQ(a.in_flight, b.in_flight);
    EXPECT_EQ(a.connections, b.connections);
    EXPECT_EQ(a.accept_queue, b.accept_queue);
    EXPECT_EQ(a.ready, b.ready);
}

inline void expect_same(const leftover& a, const leftover& b) {
    EXPECT_EQ(a.what, b.what);
    EXPECT_EQ(a.text, b.text);
}

inline void expect_same(const explanation& a, const explanation& b) {
    EXPECT_EQ(a.ns, b.ns);
    EXPECT_EQ(a.pid, b.pid);
    EXPECT_EQ(a.cause, b.cause);
    EXPECT_EQ(a.why, b.why);
    EXPECT_EQ(a.fix, b.fix);
}

inline void expect_same(const lane_facts& a, const lane_facts& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.clients, b.clients);
    EXPECT_EQ(a.is_left_out, b.is_left_out);
    EXPECT_EQ(a.why, b.why);
}

template <class List>
void expect_same_list(const List& a, const List& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        SCOPED_TRACE(i);
        expect_same(a[i], b[i]);
    }
}

inline void expect_same(const exit_facts& a, const exit_facts& b) {
    EXPECT_EQ(a.known, b.known);
    EXPECT_EQ(a.code, b.code);
    EXPECT_EQ(a.signal, b.signal);
    EXPECT_EQ(a.dumped_core, b.dumped_core);
    EXPECT_EQ(a.killed_by_us, b.killed_by_us);
    EXPECT_EQ(a.processor_ns, b.processor_ns);
    EXPECT_EQ(a.peak_bytes, b.peak_bytes);
}

inline void expect_same(const generator_health& a, const generator_health& b) {
    EXPECT_EQ(a.processor_share, b.processor_share);
    EXPECT_EQ(a.late_p50_ns, b.late_p50_ns);
    EXPECT_EQ(a.late_p99_ns, b.late_p99_ns);
    EXPECT_EQ(a.late_max_ns, b.late_max_ns);
    EXPECT_EQ(a.sees_packets, b.sees_packets);
    EXPECT_EQ(a.troubles, b.troubles);
}

inline void expect_same(const effect_ledger& a, const effect_ledger& b) {
    EXPECT_EQ(a.asked, b.asked);
    EXPECT_EQ(a.acknowledged, b.acknowledged);
    EXPECT_EQ(a.found, b.found);
    EXPECT_EQ(a.lost, b.lost);
    EXPECT_EQ(a.unclaimed, b.unclaimed);
    EXPECT_EQ(a.problem, b.problem);
}

inline void expect_same(const trial_record& a, const trial_record& b) {
    EXPECT_EQ(a.number, b.number);
    EXPECT_EQ(a.sweep_offset_ns, b.sweep_offset_ns);
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        EXPECT_EQ(a.marks[which], b.marks[which]) << to_string(which);
    }
    expect_same(a.exit, b.exit);
    expect_same_list(a.exchanges, b.exchanges);
    expect_same_list(a.connections, b.connections);
    expect_same_list(a.samples, b.samples);
    EXPECT_EQ(a.in_cell, b.in_cell);
    expect_same_list(a.leftovers, b.leftovers);
    expect_same_list(a.explanations, b.explanations);
    EXPECT_EQ(a.notes, b.notes);
    EXPECT_EQ(a.problem, b.problem);
    ASSERT_EQ(a.effects.has_value(), b.effects.has_value());
    if (a.effects) {
        expect_same(*a.effects, *b.effects);
    }
    expect_same(a.generator, b.generator);
    EXPECT_EQ(a.is_interrupted, b.is_interrupted);
}

inline void expect_same(const expectations& a, const expectations& b) {
    EXPECT_EQ(a.judge_by, b.judge_by);
    EXPECT_EQ(a.grace, b.grace);
    EXPECT_EQ(a.exit_within, b.exit_within);
    EXPECT_EQ(a.exit_codes, b.exit_codes);
    EXPECT_EQ(a.route_lag, b.route_lag);
    EXPECT_EQ(a.lame_duck_at_least, b.lame_duck_at_least);
    EXPECT_EQ(a.not_ready_within, b.not_ready_within);
    EXPECT_EQ(a.idle_closed_within, b.idle_closed_within);
    EXPECT_EQ(a.shedding_is_fine, b.shedding_is_fine);
    EXPECT_EQ(a.allowed_losses, b.allowed_losses);
    EXPECT_EQ(a.allowed_idle_races, b.allowed_idle_races);
    EXPECT_EQ(a.samples_per_cell, b.samples_per_cell);
    EXPECT_EQ(a.ends, b.ends);
    EXPECT_EQ(a.has_probe, b.has_probe);
    EXPECT_EQ(a.tries_port, b.tries_port);
    EXPECT_EQ(a.second_signal, b.second_signal);
    EXPECT_EQ(a.second_number, b.second_number);
}

inline void expect_same(const run_record& a, const run_record& b) {
    EXPECT_EQ(a.sequence, b.sequence);
    EXPECT_EQ(a.subject, b.subject);
    EXPECT_EQ(a.url, b.url);
    EXPECT_EQ(a.signal, b.signal);
    EXPECT_EQ(a.event, b.event);
    EXPECT_EQ(a.host, b.host);
    EXPECT_EQ(a.started, b.started);
    expect_same(a.expected, b.expected);
    expect_same_list(a.lanes, b.lanes);
    expect_same_list(a.trials, b.trials);
    EXPECT_EQ(a.reachable, b.reachable);
}

}  // namespace lastcall::drill
