// A run of a service that stops as it should, to be spoilt in one place by a test.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

inline constexpr std::int64_t ms = 1'000'000;

/// Moments in milliseconds since the signal, which is at 10 s of the clock.
inline constexpr std::int64_t at_ms(std::int64_t since_signal) {
    return 10'000 * ms + since_signal * ms;
}

class record_builder {
public:
    record_builder() {
        run.sequence = "plain";
        run.subject = "node server.js";
        run.url = "http://127.0.0.1:8080/";
        run.host = "Linux 6.1, 4 processors";
        run.started = "2026-01-02T03:04:05Z";
        run.expected.has_probe = true;
        run.lanes = {{"pool", 10, false, ""}, {"h2", 0, true, "the server speaks no HTTP/2"}};
        for (const auto where : {cell::waiting, cell::idle, cell::queued}) {
            run.reachable[static_cast<std::size_t>(where)] = true;
        }
        add_trial();
    }

    /// The last trial.
    trial_record& trial() { return run.trials.back(); }

    /// One more stop, as good as the first.
    trial_record& add_trial() {
        auto& made = run.trials.emplace_back();
        made.number = static_cast<std::uint32_t>(run.trials.size());
        set(mark::load_begun, -3000);
        set(mark::signal_sent, 0);
        set(mark::routes_withdrawn, 0);
        set(mark::signal_taken, 1);
        set(mark::not_ready, 50);
        set(mark::close_announced, 60);
        set(mark::listener_closed, 100);
        set(mark::last_response, 400);
        set(mark::last_connection_closed, 410);
        set(mark::exited, 600);
        set(mark::bindable, 601);
        made.exit = {true, 0, 0, false, false, 40 * ms, 20 << 20};
        for (std::int64_t i = 0; i < 20; ++i) {
            add(answered(-2000 + i * 50, 5));
        }
        for (std::int64_t i = 0; i < 10; ++i) {
            auto one = answered(-100, 300 + i * 10);
            one.at_signal = cell::waiting;
            one.result = outcome::served_close;
            one.close_announced = true;
            add(one);
        }
        for (std::int64_t i = 0; i < 6; ++i) {
            auto one = answered(-5, 30 + i);
            one.nth = 0;
            one.at_signal = cell::queued;
            one.result = outcome::served_close;
            one.close_announced = true;
            add(one);
        }
        for (std::int64_t i = 0; i < 10; ++i) {
            auto one = answered(20 + i, 5);
            one.result = outcome::served_close;
            one.close_announced = true;
            add(one);
        }
        for (std::int64_t i = 0; i < 6; ++i) {
            auto& one = made.connections.emplace_back();
            one.lane = "idle";
            one.connection = next_connection_++;
            one.requests = 1;
            one.opened_ns = at_ms(-2500);
            one.end_ns = at_ms(80 + i);
            one.at_signal = cell::idle;
        }
        for (const auto where : {cell::waiting, cell::idle, cell::queued}) {
            made.in_cell[static_cast<std::size_t>(where)] = where == cell::waiting ? 10 : 6;
        }
        for (std::int64_t i = -2; i < 6; ++i) {
            made.samples.push_back({at_ms(i * 100), i < 0 ? 2 : 10, 30, i < 1 ? 3 : -1,
                                    static_cast<std::int8_t>(i < 1 ? 1 : 0)});
        }
        made.generator.processor_share = 0.2;
        made.generator.late_p50_ns = 20'000;
        made.generator.late_p99_ns = 400'000;
        made.generator.late_max_ns = 900'000;
        made.generator.sees_packets = true;
        made.notes = {"plain: SIGTERM to the process"};
        return made;
    }

    /// Milliseconds since the signal.
    void set(mark which, std::int64_t since_signal) {
        trial().marks.set(which, at_ms(since_signal));
    }
    void clear(mark which) { trial().marks.set(which, 0); }

    /// A good GET on a connection in reuse. Times in milliseconds, `sent` since the signal.
    exchange answered(std::int64_t sent, std::int64_t took) {
        exchange one;
        one.lane = "pool";
        one.method = "GET";
        one.target = "/";
        one.connection = next_connection_++;
        one.nth = 3;
        one.opened_ns = at_ms(std::min<std::int64_t>(sent - 1, -2900));
        one.intended_ns = at_ms(sent);
        one.sent_ns = at_ms(sent);
        one.first_byte_ns = at_ms(sent + took) - ms / 2;
        one.end_ns = at_ms(sent + took);
        one.bytes = 200;
        one.status = 200;
        one.request_taken = taken::yes;
        return one;
    }

    /// In flight at the signal, and ended otherwise.
    exchange in_flight(outcome result) {
        auto one = answered(-100, 250);
        one.at_signal = cell::waiting;
        one.result = result;
        one.status = 0;
        one.bytes = 0;
        one.first_byte_ns = 0;
        return one;
    }

    /// The first of a connection that was begun after the signal.
    exchange on_new_connection(outcome result) {
        auto one = answered(30, 1);
        one.nth = 0;
        one.opened_ns = at_ms(30);
        one.result = result;
        one.status = 0;
        one.bytes = 0;
        one.first_byte_ns = 0;
        if (result == outcome::refused) {
            one.sent_ns = 0;
        }
        return one;
    }

    void add(const exchange& one) { trial().exchanges.push_back(one); }

    /// Kubernetes: the delete, so long before the signal.
    void make_kubernetes(std::int64_t before_signal_ms) {
        run.sequence = "kubernetes";
        set(mark::deleted, -before_signal_ms);
        set(mark::pre_stop_begun, -before_signal_ms);
        set(mark::pre_stop_ended, -1);
    }

    run_record run;

private:
    std::uint32_t next_connection_ = 1;
};

}  // namespace lastcall::drill
