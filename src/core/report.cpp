#include <lastcall/report.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/json.hpp"
#include "core/plan.hpp"

namespace lastcall {
namespace {

using core::json_writer;
using std::chrono::microseconds;

double ms(microseconds value) { return static_cast<double>(value.count()) / 1000.0; }

void write_request(json_writer& out, const stop_request& r) {
    out.begin_object().field("reason", to_string(r.reason)).field("at_ms", ms(r.at));
    if (!r.note.empty()) {
        out.field("note", r.note);
    }
    if (r.sender_pid != 0) {
        out.field("sender_pid", r.sender_pid).field("sender_uid", r.sender_uid);
    }
    if (r.left) {
        out.field("left_ms", ms(*r.left));
    }
    out.end_object();
}

void write_step(json_writer& out, const step_report& s) {
    out.begin_object()
        .field("component", s.component)
        .field("step", s.step)
        .field("start_ms", ms(s.start))
        .field("duration_ms", ms(s.duration))
        .field("share_ms", ms(s.share))
        .field("result", to_string(s.result));
    if (!s.error.empty()) {
        out.field("error", s.error);
    }
    out.end_object();
}

std::string pad(std::string text, std::size_t width, bool right = false) {
    if (text.size() < width) {
        text.insert(right ? 0 : text.size(), width - text.size(), ' ');
    }
    return text;
}

std::string ms_text(microseconds value) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.1f ms", ms(value));
    return text.data();
}

// "   ====     ": where a span lies on an axis of `width` characters.
std::string bar(microseconds start, microseconds length, microseconds total, std::size_t width) {
    const auto column = [&](microseconds t) {
        const auto whole = std::max<long long>(total.count(), 1);
        const auto at = static_cast<long long>(width) * t.count() / whole;
        return static_cast<std::size_t>(
            std::clamp<long long>(at, 0, static_cast<long long>(width)));
    };
    const std::size_t from = std::min(column(start), width - 1);
    const std::size_t to = std::max(column(start + length), from + 1);
    return std::string(from, ' ') + std::string(to - from, '=') + std::string(width - to, ' ');
}

}  // namespace

std::string report::json() const {
    json_writer out;
    out.begin_object()
        .field("schema", 1)
        .field("service", service)
        .field("result", to_string(result))
        .field("exit_code", exit_code())
        .field("grace_ms", static_cast<long long>(grace.count()))
        .field("reserve_ms", static_cast<long long>(reserve.count()))
        .field("grace_source", grace_source)
        .field("total_ms", ms(total));
    out.key("requests").begin_array();
    for (const stop_request& r : requests) {
        write_request(out, r);
    }
    out.end_array().key("states").begin_array();
    for (const state_report& s : states) {
        out.begin_object().field("state", to_string(s.state)).field("start_ms", ms(s.start));
        out.end_object();
    }
    out.end_array().key("steps").begin_array();
    for (const step_report& s : steps) {
        write_step(out, s);
    }
    out.end_array().key("left").begin_array();
    for (const occupant& o : left) {
        out.begin_object()
            .field("gate", o.gate)
            .field("label", o.label)
            .field("age_ms", static_cast<long long>(o.age.count()))
            .field("thread", o.thread)
            .end_object();
    }
    out.end_array().key("degraded").begin_array();
    for (const std::string& d : degraded) {
        out.value(d);
    }
    return std::move(out.end_array().end_object()).text();
}

std::string report::timeline() const {
    constexpr std::size_t axis = 32;
    std::size_t names = 8;
    for (const step_report& s : steps) {
        names = std::max(names, s.component.size() + s.step.size() + 1);
    }
    std::string text = service + " stopped: " + std::string(to_string(result)) + " in " +
                       ms_text(total) + " of " + to_text(grace - reserve) + " (" + to_text(grace) +
                       " from " + grace_source + ")\n";
    for (const state_report& s : states) {
        text +=
            "  " + pad(ms_text(s.start), 12, true) + "  " + std::string(to_string(s.state)) + "\n";
    }
    for (const step_report& s : steps) {
        text += "  " + pad(ms_text(s.start), 12, true) + "  " +
                pad(s.component + " " + s.step, names) + " |" +
                bar(s.start, s.duration, total, axis) + "| " + pad(ms_text(s.duration), 11, true) +
                " of " + to_text(std::chrono::duration_cast<std::chrono::milliseconds>(s.share)) +
                "  " + std::string(to_string(s.result)) + (s.error.empty() ? "" : ": " + s.error) +
                "\n";
    }
    for (const occupant& o : left) {
        text += "  left inside " + o.gate + ": " + o.label + ", " + to_text(o.age) + ", thread " +
                std::to_string(o.thread) + "\n";
    }
    return text;
}

}  // namespace lastcall
