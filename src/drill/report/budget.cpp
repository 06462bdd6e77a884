#include "drill/report/budget.hpp"

#include <algorithm>
#include <array>

namespace lastcall::drill {
namespace {

struct names {
    std::string_view name, words;
};

constexpr std::array<names, budget_phase_count> table{{
    {"preStop", "the hook, before the signal"},
    {"waiting", "between the delete and the signal"},
    {"lame duck", "after the signal, still accepting"},
    {"drain", "no longer accepting, answering what is there"},
    {"close", "the last answer is out, connections still open"},
    {"exit", "no connection left, the process still is"},
    {"unused", "what is left of the grace"},
    {"event", "while it was carried out"},
    {"after", "still serving"},
}};

std::int64_t last_seen(const trial_record& trial) {
    std::int64_t last = 0;
    for (const auto which : {mark::signal_sent, mark::event_ended, mark::successor_ready,
                             mark::last_response, mark::last_connection_closed, mark::killed}) {
        last = std::max(last, trial.marks[which]);
    }
    return last;
}

}  // namespace

std::string_view to_string(budget_phase::kind value) noexcept {
    return table[static_cast<std::size_t>(value)].name;
}

std::string_view describe(budget_phase::kind value) noexcept {
    return table[static_cast<std::size_t>(value)].words;
}

budget budget_of(const trial_record& trial, const expectations& expected) {
    using kind = budget_phase::kind;
    budget made;
    const auto& at = trial.marks;
    if (at[mark::signal_sent] == 0) {
        return made;
    }
    made.begin_ns = at[mark::deleted] != 0 ? at[mark::deleted] : at[mark::signal_sent];
    made.used_end_ns = at[mark::exited] != 0 ? at[mark::exited] : last_seen(trial);
    made.grace_end_ns = expected.ends ? made.begin_ns + expected.grace.count() : 0;
    auto reached = made.begin_ns;
    // Marks may be missing or out of order: a phase that would be empty is left out.
    const auto go = [&](kind what, std::int64_t until) {
        until = what == kind::unused ? until : std::min(until, made.used_end_ns);
        if (until > reached) {
            made.phases.push_back({what, reached, until});
            reached = until;
        }
    };
    if (at[mark::pre_stop_begun] != 0) {
        const auto ended = at[mark::pre_stop_ended];
        go(kind::pre_stop, ended != 0 ? ended : at[mark::signal_sent]);
    }
    go(kind::waiting, at[mark::signal_sent]);
    if (!expected.ends) {  // the service goes on: it neither drains nor exits
        go(kind::event, at[mark::event_ended]);
        go(kind::after, made.used_end_ns);
        return made;
    }
    go(kind::lame_duck, at[mark::listener_closed]);
    go(kind::drain, at[mark::last_response]);
    go(kind::close, at[mark::last_connection_closed]);
    go(kind::exit, made.used_end_ns);
    go(kind::unused, made.grace_end_ns);
    return made;
}

}  // namespace lastcall::drill
