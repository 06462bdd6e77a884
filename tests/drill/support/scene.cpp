#include "drill/support/scene.hpp"

#include <algorithm>

namespace lastcall::drill::samples {
namespace {

cell place_of(const exchange& one) {
    return one.sent_ns <= signal_at && one.end_ns > signal_at ? cell::waiting : cell::none;
}

}  // namespace

scene::scene(run_record& run, trial_record& trial, server_plan plan, std::uint64_t seed)
    : run_(run), trial_(trial), plan_(plan), dice_(seed) {
    trial_.marks.set(mark::load_begun, signal_at + plan.load_begins);
    trial_.marks.set(mark::signal_sent, signal_at);
}

void scene::enter(std::string_view lane, int clients) {
    const auto found = std::ranges::find(run_.lanes, lane, &lane_facts::name);
    if (found == run_.lanes.end()) {
        run_.lanes.push_back({std::string(lane), clients, false, ""});
    }
}

exchange scene::begin(std::string_view lane, std::string_view method, std::string_view target) {
    exchange made;
    made.lane = run_.names->intern(lane);
    made.method = run_.names->intern(method);
    made.target = run_.names->intern(target);
    made.connection = connection_;
    return made;
}

void scene::end(exchange one, std::int64_t at, outcome result, int status) {
    one.end_ns = at;
    const bool is_told = plan_.is_graceful && at > signal_at + plan_.announces;
    if (is_told && result == outcome::ok && one.method != "ECHO") {
        result = outcome::served_close;
    }
    one.close_announced = result == outcome::served_close;
    one.result = result;
    one.status = static_cast<std::int16_t>(status);
    one.intended_ns = one.intended_ns == 0 ? one.sent_ns : one.intended_ns;
    one.bytes = status == 0 ? 0 : 612;
    one.request_taken = one.sent_ns == 0 ? taken::no : taken::yes;
    if (one.at_signal == cell::none) {
        one.at_signal = place_of(one);
    }
    trial_.exchanges.push_back(one);
}

void scene::answer_until_closed(std::string_view lane, int clients, std::int64_t think_ms,
                                std::int64_t low_ms, std::int64_t high_ms) {
    enter(lane, clients);
    for (int i = 0; i < clients; ++i) {
        ++connection_;
        const auto opened = signal_at + plan_.load_begins + dice_.between(0, 200) * ms;
        auto at = opened + dice_.between(0, 30) * ms;
        for (std::uint32_t nth = 0;; ++nth) {
            auto one = begin(lane, nth % 4 == 3 ? "POST" : "GET", nth % 4 == 3 ? "/orders" : "/");
            one.opened_ns = opened;
            one.nth = nth;
            one.sent_ns = at;
            one.intended_ns = at - dice_.between(0, 90) * 1000;
            const auto answered = at + dice_.between(low_ms * 1000, high_ms * 1000) * 1000;
            one.first_byte_ns = answered - 200'000;
            if (answered > signal_at + (plan_.is_graceful ? plan_.announces : plan_.closes_idle)) {
                const bool is_cut = !plan_.is_graceful && answered > signal_at + plan_.last_answer;
                end(one, is_cut ? signal_at + plan_.last_answer : answered,
                    is_cut ? outcome::reset_before_response : outcome::served_close,
                    is_cut ? 0 : 200);
                break;
            }
            end(one, answered, outcome::ok, 200);
            at = answered + dice_.between(think_ms * 500, think_ms * 1500) * 1000;
            if (at > signal_at + plan_.closes_idle) {
                const bool is_idle = answered < signal_at;
                trial_.connections.push_back({one.lane, connection_, nth + 1, opened,
                                              signal_at + plan_.closes_idle, quiet_end::fin,
                                              is_idle ? cell::idle : cell::none});
                break;
            }
        }
    }
}

void scene::pool(int clients) { answer_until_closed("pool", clients, 80, 3, 9); }
void scene::busy(int clients) { answer_until_closed("busy", clients, 0, 120, 220); }

void scene::fresh(int clients) {
    enter("fresh", clients);
    for (int i = 0; i < clients; ++i) {
        auto at = signal_at + plan_.load_begins + dice_.between(0, 200) * ms;
        if (i < 5) {
            ++connection_;
            auto waiting = begin("fresh", "GET", "/");
            waiting.opened_ns = signal_at - 300'000;
            waiting.sent_ns = signal_at - 200'000;
            waiting.at_signal = cell::queued;
            waiting.first_byte_ns = signal_at + 6 * ms;
            end(waiting, signal_at + 6 * ms, outcome::ok, 200);
        }
        while (at < signal_at + plan_.routes_end) {
            ++connection_;
            auto one = begin("fresh", "GET", "/");
            one.opened_ns = at;
            one.sent_ns = at + 60'000;
            one.at_signal = at < signal_at && at > signal_at - ms ? cell::queued : cell::none;
            const auto answered = at + dice_.between(3000, 8000) * 1000;
            one.first_byte_ns = answered - 100'000;
            end(one, answered, outcome::ok, 200);
            at = answered + dice_.between(10, 50) * ms;
        }
    }
}

void scene::stream(int clients) {
    enter("stream", clients);
    for (int i = 0; i < clients; ++i) {
        ++connection_;
        auto one = begin("stream", "GET", "/events");
        one.opened_ns = signal_at + plan_.load_begins + dice_.between(0, 200) * ms;
        one.sent_ns = one.opened_ns + 80'000;
        one.first_byte_ns = one.sent_ns + 3 * ms;
        one.at_signal = cell::streaming;
        const auto at = signal_at + plan_.last_answer - dice_.between(10, 60) * ms;
        end(one, at, plan_.is_graceful ? outcome::served_close : outcome::cut_in_body, 200);
    }
}

void scene::websocket(int clients) {
    enter("websocket", clients);
    for (int i = 0; i < clients; ++i) {
        ++connection_;
        auto session = begin("websocket", "GET", "/ws");
        session.opened_ns = signal_at + plan_.load_begins + dice_.between(0, 200) * ms;
        session.sent_ns = session.opened_ns + 70'000;
        session.first_byte_ns = session.sent_ns + ms;
        session.at_signal = cell::websocket;
        const auto closes = plan_.is_graceful ? signal_at + dice_.between(95, 140) * ms
                                              : signal_at + plan_.last_answer;
        auto at = session.first_byte_ns + dice_.between(5, 200) * ms;
        for (std::uint32_t nth = 1; at < closes - 5 * ms; ++nth) {
            auto echo = begin("websocket", "ECHO", "/ws");
            echo.opened_ns = session.opened_ns;
            echo.nth = nth;
            echo.sent_ns = at;
            const auto answered = at + dice_.between(400, 1500) * 1000;
            echo.first_byte_ns = answered;
            end(echo, answered, outcome::ok, 0);
            at += 200 * ms;
        }
        end(session, closes, plan_.is_graceful ? outcome::ws_going_away : outcome::ws_gone, 101);
    }
}

void scene::h2(int active, int idle) {
    enter("h2", active + idle);
    for (int i = 0; i < active; ++i) {
        ++connection_;
        const auto opened = signal_at + plan_.load_begins + dice_.between(0, 200) * ms;
        for (int slot = 0; slot < 4; ++slot) {
            auto at = opened + 5 * ms + dice_.between(0, 40) * ms;
            for (std::uint32_t nth = 0; at < signal_at + plan_.closes_idle; ++nth) {
                auto one = begin("h2", "GET", "/slow");
                one.opened_ns = opened;
                one.nth = nth;
                one.sent_ns = at;
                const auto answered = at + dice_.between(60, 120) * ms;
                one.first_byte_ns = answered - ms;
                one.at_signal =
                    at <= signal_at && answered > signal_at ? cell::h2_active : cell::none;
                end(one, answered, outcome::ok, 200);
                at = answered + dice_.between(0, 10) * ms;
            }
        }
    }
    quiet("h2", idle, cell::h2_idle);
}

void scene::quiet(std::string_view lane, int clients, cell where) {
    enter(lane, clients);
    for (int i = 0; i < clients; ++i) {
        ++connection_;
        const auto opened = signal_at + plan_.load_begins + dice_.between(0, 200) * ms;
        std::uint32_t requests = 0;
        if (where == cell::idle) {
            auto one = begin(lane, "GET", "/");
            one.opened_ns = opened;
            one.sent_ns = opened + 80'000;
            one.first_byte_ns = one.sent_ns + 2 * ms;
            end(one, one.sent_ns + 3 * ms, outcome::ok, 200);
            requests = 1;
        }
        trial_.connections.push_back({run_.names->intern(lane), connection_, requests, opened,
                                      signal_at + plan_.closes_idle + dice_.between(0, 4000) * 1000,
                                      plan_.is_graceful ? quiet_end::fin : quiet_end::reset,
                                      where});
    }
}

void scene::held(std::string_view lane, int clients, cell where, int milliseconds) {
    enter(lane, clients);
    for (int i = 0; i < clients; ++i) {
        ++connection_;
        auto one = begin(lane, where == cell::half_body ? "POST" : "GET", "/slow");
        one.opened_ns = signal_at - dice_.between(milliseconds / 4, milliseconds / 2) * ms;
        one.sent_ns = one.opened_ns + 90'000;
        one.at_signal = where;
        const auto planned = one.sent_ns + milliseconds * ms;
        one.first_byte_ns = where == cell::body_unread ? one.sent_ns + 4 * ms : planned - 2 * ms;
        end(one, std::min(planned, signal_at + plan_.last_answer), outcome::served_close, 200);
    }
}

void scene::probe() {
    enter("probe", 1);
    for (auto at = plan_.load_begins; at < plan_.routes_end; at += 50 * ms) {
        ++connection_;
        auto one = begin("probe", "GET", "/ready");
        one.opened_ns = signal_at + at;
        one.sent_ns = one.opened_ns + 50'000;
        one.first_byte_ns = one.sent_ns + 500'000;
        end(one, one.sent_ns + 600'000, outcome::ok, at < 0 ? 200 : 503);
    }
}

void scene::finish() {
    const auto exit = trial_.marks[mark::exited];
    const auto closed = trial_.marks[mark::listener_closed];
    const auto not_ready = trial_.marks[mark::not_ready];
    const auto last = exit != 0 ? exit : signal_at + plan_.last_answer;
    for (auto at = signal_at + plan_.load_begins; at <= last; at += 10 * ms) {
        sample now;
        now.ns = at;
        now.accept_queue = closed != 0 && at >= closed ? -1 : 0;
        now.ready = static_cast<std::int8_t>(not_ready == 0 || at < not_ready ? 1 : 0);
        for (const auto& one : trial_.exchanges) {
            now.in_flight += one.status != 101 && one.sent_ns <= at && one.end_ns > at ? 1 : 0;
            now.connections += one.nth == 0 && one.opened_ns <= at && one.end_ns > at ? 1 : 0;
        }
        for (const auto& one : trial_.connections) {
            now.connections += one.opened_ns <= at && one.end_ns > at ? 1 : 0;
        }
        trial_.samples.push_back(now);
    }
    for (const auto& one : trial_.exchanges) {
        ++trial_.in_cell[static_cast<std::size_t>(one.at_signal)];
    }
    for (const auto& one : trial_.connections) {
        ++trial_.in_cell[static_cast<std::size_t>(one.at_signal)];
    }
    trial_.in_cell[0] = 0;
    for (std::size_t i = 1; i < cell_count; ++i) {
        run_.reachable[i] = run_.reachable[i] || trial_.in_cell[i] != 0;
    }
}

}  // namespace lastcall::drill::samples
