#include "cli/drill_screen.hpp"

#include <cstdio>
#include <iostream>

#include "cli/drill_output.hpp"
#include "sys/process/screen_size.hpp"

namespace lastcall::cli {
namespace {

constexpr int standard_error = 2;

std::string milliseconds(std::int64_t ns) {
    char text[32];
    std::snprintf(text, sizeof text, "%+.1f ms", static_cast<double>(ns) / 1e6);
    return text;
}

}  // namespace

drill_screen::drill_screen(const drill_options& how)
    : quiet_(how.quiet),
      verbose_(how.verbose),
      view_({.is_terminal = sys::is_terminal(standard_error),
             .colour = has_colour(standard_error),
             .width = columns_of(standard_error)},
            [](std::string_view text) { std::cerr << text << std::flush; }) {}

void drill_screen::began(const drill::run_record& run) {
    say(run.subject + " at " + run.url + ": " + run.told_by() + ", " + run.sequence + " sequence");
    event_ = run.event.empty() ? "" : run.told_by();
    if (!quiet_) {
        view_.enter_phase("load", since_begun());
    }
}

void drill_screen::lane_left_out(const drill::lane_facts& lane) {
    say("without " + lane.name + ": " + lane.why);
}

void drill_screen::trial_began(std::uint32_t number, std::uint32_t of) {
    signal_ns_ = 0;
    if (of > 1) {
        say("stop " + std::to_string(number) + " of " + std::to_string(of));
    }
}

void drill_screen::progress(const drill::load_counters& now, std::chrono::nanoseconds) {
    if (quiet_) {
        return;
    }
    drill::live_numbers seen;
    seen.answered = now.answered;
    seen.lost = now.lost;
    seen.connections = now.connections;
    seen.in_flight = now.in_flight;
    seen.ready = now.ready;
    for (std::size_t i = 0; i < drill::outcome_count; ++i) {
        seen.outcomes[i] = now.outcomes[i];
    }
    view_.resize(columns_of(standard_error));
    view_.update(seen, since_begun());
}

void drill_screen::marked(drill::mark which, std::int64_t ns) {
    if (which == drill::mark::signal_sent) {
        signal_ns_ = ns;
        if (!quiet_) {
            view_.enter_phase(event_.empty() ? "stop" : "event", since_begun());
        }
    }
    const bool is_event = which == drill::mark::signal_sent && !event_.empty();
    say((is_event ? event_ + " began" : std::string(drill::describe(which))) +
        (signal_ns_ != 0 && ns > signal_ns_ ? " " + milliseconds(ns - signal_ns_) : ""));
}

void drill_screen::noted(std::string_view text) { say(std::string(text)); }

void drill_screen::subject_printed(std::string_view line) {
    if (verbose_) {
        say("| " + std::string(line));
    }
}

std::chrono::nanoseconds drill_screen::since_begun() const { return drill::clock::now() - begun_; }

void drill_screen::say(const std::string& text) {
    if (!quiet_) {
        view_.add_event(text, since_begun());
    }
}

}  // namespace lastcall::cli
