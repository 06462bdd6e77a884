#include "drill/support/sample_runs.hpp"

#include <chrono>

#include "drill/support/scene.hpp"

namespace lastcall::drill::samples {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

run_record described(const char* sequence, const char* subject) {
    run_record run;
    run.sequence = sequence;
    run.subject = subject;
    run.url = "http://127.0.0.1:8080/";
    run.host = "Linux 6.18, 4 processors";
    run.started = "2026-03-01T12:00:00Z";
    run.expected.has_probe = true;
    return run;
}

void mark_at(trial_record& trial, mark which, std::int64_t from_signal_ms) {
    trial.marks.set(which, signal_at + from_signal_ms * ms);
}

void mix(scene& made) {
    made.pool(42);
    made.fresh(10);
    made.busy(10);
    made.held("slow_down", 5, cell::body_unread, 500);
    made.held("half_body", 5, cell::half_body, 400);
    made.stream(5);
    made.websocket(20);
    made.h2(4, 5);
    made.quiet("idle", 6, cell::idle);
    made.quiet("silent", 5, cell::silent);
    made.probe();
}

void measure(generator_health& own) {
    own.processor_share = 0.21;
    own.late_p50_ns = 14'000;
    own.late_p99_ns = 310'000;
    own.late_max_ns = 1'900'000;
    own.sees_packets = true;
}

void stop_well(trial_record& trial, std::int64_t later_ms) {
    mark_at(trial, mark::signal_taken, 1);
    mark_at(trial, mark::not_ready, 12);
    mark_at(trial, mark::close_announced, 14);
    mark_at(trial, mark::routes_withdrawn, 60);
    mark_at(trial, mark::listener_closed, 85);
    mark_at(trial, mark::last_accepted, 58);
    mark_at(trial, mark::last_response, 376 + later_ms);
    mark_at(trial, mark::last_connection_closed, 381 + later_ms);
    mark_at(trial, mark::exited, 412 + later_ms);
    mark_at(trial, mark::bindable, 413 + later_ms);
    trial.exit.known = true;
    trial.exit.processor_ns = 640 * ms;
    trial.exit.peak_bytes = 48 << 20;
    measure(trial.generator);
}

/// The newest connections were never accepted, and what is in flight at the end is cut.
void spoil(trial_record& trial) {
    dice roll(99);
    for (auto& one : trial.exchanges) {
        if (one.lane == "fresh" && one.opened_ns > signal_at - 14 * ms) {
            one.result = outcome::accept_dropped;
            one.end_ns = signal_at + 40 * ms;
            one.status = 0;
            one.error = 104;
            one.first_byte_ns = 0;
            one.at_signal = one.opened_ns < signal_at ? cell::queued : cell::none;
        } else if (one.at_signal == cell::body_unread || one.at_signal == cell::half_body) {
            one.result = outcome::cut_in_body;
            one.missing = 48'120;
        } else if (one.lane == "pool" && one.sent_ns > signal_at && roll.once_in(3)) {
            one.result = roll.once_in(2) ? outcome::idle_race : outcome::reset_ambiguous;
            one.status = 0;
        }
    }
}

void explain_hang(trial_record& trial) {
    trial.exit.known = true;
    trial.exit.signal = 9;
    trial.exit.killed_by_us = true;
    trial.explanations = {
        {signal_at + 15'000 * ms, 4711, "connection-holds", "L44",
         "pid 4711 waits in epoll_wait with 11 connections open; 5 of them never sent a byte",
         "close connections without a request when the drain begins"},
        {signal_at + 28'500 * ms, 4712, "child-not-told", "L11",
         "pid 4712 (sleep 100) is a child that never got the signal",
         "forward SIGTERM to children, or start them with a parent-death signal"}};
    trial.leftovers = {{leftover::kind::process, "pid 4712 sleep 100"},
                       {leftover::kind::unix_socket, "/run/app/control.sock"}};
    trial.notes = {"SIGTERM to pid 4711", "grace of 30 s is over: SIGKILL to the group"};
}

trial_record& add_trial(run_record& run) {
    run.trials.emplace_back();
    run.trials.back().number = static_cast<std::uint32_t>(run.trials.size());
    return run.trials.back();
}

}  // namespace

run_record graceful(std::uint32_t trials) {
    auto run = described("plain", "./orders --port 8080");
    for (std::uint32_t i = 0; i < trials; ++i) {
        auto& trial = add_trial(run);
        trial.sweep_offset_ns = static_cast<std::int64_t>(i) * 4 * ms;
        scene made(run, trial, {}, 7 + i);
        mix(made);
        stop_well(trial, i * 3);
        made.finish();
        trial.effects = effect_ledger{312, 312, 312, {}, {}, ""};
        trial.notes = {"SIGTERM to pid 4711", "exit 0"};
    }
    run.lanes.push_back({"handshake", 5, true, "the server does not speak TLS"});
    return run;
}

run_record failing() {
    auto run = described("docker", "node server.js");
    auto& trial = add_trial(run);
    server_plan plan;
    plan.is_graceful = false;
    plan.routes_end = 30 * ms;
    scene made(run, trial, plan, 11);
    mix(made);
    spoil(trial);
    mark_at(trial, mark::signal_taken, 2);
    mark_at(trial, mark::listener_closed, 40);
    mark_at(trial, mark::last_accepted, 22);
    mark_at(trial, mark::last_response, 371);
    mark_at(trial, mark::last_connection_closed, 30'004);
    mark_at(trial, mark::killed, 30'000);
    mark_at(trial, mark::exited, 30'003);
    mark_at(trial, mark::bindable, 30'050);
    explain_hang(trial);
    measure(trial.generator);
    made.finish();
    for (auto& one : trial.samples) {
        if (one.ns > signal_at - 14 * ms && one.ns < signal_at + 40 * ms) {
            one.accept_queue = 17;
        }
    }
    trial.effects = effect_ledger{310, 301, 305, {17, 44}, {201, 202, 203, 290, 291, 292}, ""};
    return run;
}

run_record inconclusive() {
    auto run = described("plain", "pid 17");
    auto& trial = add_trial(run);
    scene made(run, trial, {}, 5);
    made.pool(3);
    made.quiet("idle", 2, cell::idle);
    made.quiet("silent", 1, cell::silent);
    stop_well(trial, 0);
    made.finish();
    trial.exit.known = false;
    trial.marks.set(mark::signal_taken, 0);
    trial.generator.late_p99_ns = 41 * ms;
    trial.generator.troubles = {"the clock was stepped by 3 s"};
    run.expected.has_probe = false;
    return run;
}

run_record kubernetes() {
    auto run = described("kubernetes", "container web");
    run.expected.judge_by = policy::lb;
    run.expected.route_lag = seconds(3);
    run.expected.lame_duck_at_least = seconds(3);
    auto& trial = add_trial(run);
    server_plan plan;
    plan.load_begins = -6500 * ms;
    plan.routes_end = -2000 * ms;
    scene made(run, trial, plan, 21);
    mix(made);
    stop_well(trial, 0);
    mark_at(trial, mark::deleted, -5000);
    mark_at(trial, mark::pre_stop_begun, -4998);
    mark_at(trial, mark::pre_stop_ended, -3);
    mark_at(trial, mark::routes_withdrawn, -2000);
    mark_at(trial, mark::last_accepted, -2004);
    trial.notes = {"preStop: sleep 5 s, exit 0 after 5.0 s", "SIGTERM to PID 1", "exit 0"};
    made.finish();
    return run;
}

run_record rolling() {
    auto run = described("rolling", "./orders --port 8080");
    auto& trial = add_trial(run);
    server_plan plan;
    plan.routes_end = 400 * ms;
    scene made(run, trial, plan, 31);
    mix(made);
    stop_well(trial, 0);
    mark_at(trial, mark::successor_ready, -310);
    trial.marks.set(mark::routes_withdrawn, 0);
    trial.notes = {"successor started: pid 4800", "successor ready after 190 ms",
                   "SIGTERM to pid 4711"};
    for (auto& one : trial.exchanges) {
        one.instance = one.lane == "fresh" && one.sent_ns > signal_at - 310 * ms ? 2 : 1;
    }
    made.finish();
    return run;
}

run_record crowded(std::size_t exchanges, std::uint32_t connections) {
    auto run = described("plain", "./crowded");
    auto& trial = add_trial(run);
    stop_well(trial, 0);
    mark_at(trial, mark::load_begun, -2000);
    mark_at(trial, mark::signal_sent, 0);
    dice roll(3);
    for (std::size_t i = 0; i < exchanges; ++i) {
        exchange one;
        one.lane = i % 3 == 0 ? "pool" : i % 3 == 1 ? "open" : "busy";
        one.method = "GET";
        one.target = "/";
        one.connection = static_cast<std::uint32_t>(i % connections) + 1;
        one.opened_ns = signal_at - 2000 * ms;
        one.sent_ns = signal_at + roll.between(-2000'000, 370'000) * 1000;
        one.intended_ns = one.sent_ns;
        one.end_ns = one.sent_ns + roll.between(100, 5000) * 1000;
        one.first_byte_ns = one.end_ns;
        one.status = 200;
        one.result = roll.once_in(50) ? outcome::closed_before_response : outcome::ok;
        trial.exchanges.push_back(one);
    }
    run.lanes = {{"pool", 100, false, ""}, {"open", 100, false, ""}, {"busy", 100, false, ""}};
    return run;
}

run_record hostile(const char* text) {
    auto run = graceful();
    run.sequence = run.subject = run.url = run.signal = run.host = run.started = text;
    auto& trial = run.trials.front();
    for (auto& one : trial.exchanges) {
        one.lane = one.method = one.target = text;
        one.result = one.sent_ns > signal_at ? outcome::reset_before_response : one.result;
    }
    for (auto& one : trial.connections) {
        one.lane = text;
    }
    for (auto& one : run.lanes) {
        one.name = one.why = text;
    }
    trial.explanations = {{signal_at, 1, text, text, text, text}};
    trial.leftovers = {{leftover::kind::file, text}};
    trial.notes = {text};
    trial.effects = effect_ledger{1, 1, 0, {1}, {}, text};
    trial.generator.troubles = {text};
    run.expected.second_signal = text;
    return run;
}

}  // namespace lastcall::drill::samples
