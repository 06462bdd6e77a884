#include <algorithm>
#include <map>

#include "drill/report/figures.hpp"
#include "drill/report/html_parts.hpp"
#include "drill/report/markup.hpp"

namespace lastcall::drill {
namespace {

constexpr timing timings[] = {timing::before, timing::in_flight, timing::after};

std::string number_cell(std::uint64_t number) {
    return number == 0 ? "<td class=\"n zero\">·</td>"
                       : "<td class=\"n\">" + thousands(number) + "</td>";
}

std::string_view mark_of(outcome result) {
    switch (blame_of(result)) {
        case blame::server:
            return "lost";
        case blame::ambiguous:
            return "ambiguous";
        case blame::legal:
            return "legal";
        case blame::depends:
            return "expected";
        default:
            return "";
    }
}

std::string outcome_rows(const counts& of, std::string_view lane_head) {
    std::string text;
    for (const auto result : all_outcomes()) {
        if (of.of(result) == 0) {
            continue;
        }
        text += "<tr>" + (text.empty() ? std::string(lane_head) : "") + "<th scope=\"row\">";
        const auto mark = mark_of(result);
        if (!mark.empty()) {
            text += "<svg width=\"14\" height=\"12\" aria-hidden=\"true\"><use href=\"#m-" +
                    std::string(mark) + "\" x=\"6\" y=\"6\"/></svg>";
        }
        text += escaped(describe(result)) + "</th>";
        for (const auto when : timings) {
            text += number_cell(of.of(result, when));
        }
        text += number_cell(of.of(result)) + "</tr>\n";
    }
    return text;
}

std::size_t kinds_in(const counts& of) {
    return static_cast<std::size_t>(
        std::ranges::count_if(all_outcomes(), [&](outcome result) { return of.of(result) != 0; }));
}

std::string lane_body(std::string_view name, const counts& of, const std::string& note) {
    const auto rows = std::to_string(std::max<std::size_t>(kinds_in(of), 1));
    const auto head = "<th scope=\"rowgroup\" rowspan=\"" + rows + "\">" + escaped(name) +
                      (note.empty() ? "" : " <small>" + escaped(note) + "</small>") + "</th>";
    const auto body = outcome_rows(of, head);
    return body.empty() ? "" : "<tbody>\n" + body + "</tbody>\n";
}

// Who answered, where it was more than one: a rolling update, a reload.
std::string instances(const run_record& run) {
    std::map<std::uint32_t, std::uint64_t> answers;
    for (const auto& trial : run.trials) {
        for (const auto& one : trial.exchanges) {
            if (one.instance != 0) {
                ++answers[one.instance];
            }
        }
    }
    if (answers.size() < 2) {
        return {};
    }
    std::string text;
    for (const auto& [instance, number] : answers) {
        text += (text.empty() ? "" : ", ") + std::string("instance ") + thousands(instance) +
                " answered " + thousands(number);
    }
    return "<p class=\"note\">By who answered: " + text + ".</p>\n";
}

std::string latency_row(std::string_view name, std::vector<double>& times) {
    if (times.empty()) {
        return {};
    }
    std::ranges::sort(times);
    auto text = "<tr><th scope=\"row\">" + escaped(name) + "</th>" + number_cell(times.size());
    for (const double share : {0.5, 0.9, 0.99, 1.0}) {
        text += "<td class=\"n\">" +
                length_text(static_cast<std::int64_t>(quantile(times, share))) + "</td>";
    }
    return text + "</tr>\n";
}

}  // namespace

std::string html_outcomes(const run_record& run, const verdict& made) {
    std::string bodies;
    for (const auto& lane : made.totals.lanes) {
        const auto facts = std::ranges::find(run.lanes, lane.lane, &lane_facts::name);
        const auto note = facts == run.lanes.end() || facts->clients <= 0
                              ? std::string()
                              : counted(static_cast<std::uint64_t>(facts->clients), "client");
        bodies += lane_body(lane.lane, lane.by_outcome, note);
    }
    if (made.totals.lanes.size() > 1) {
        bodies += lane_body("all lanes", made.totals.all, "");
    }
    std::string text;
    if (!bodies.empty()) {
        text = "<div class=\"scroll\"><table class=\"outcomes\">\n" +
               head_row("lane", "outcome", "before the signal", "in flight at it", "sent after it",
                        "sum") +
               bodies + "</table></div>\n";
    }
    text += instances(run);
    for (const auto& lane : run.lanes) {
        if (lane.is_left_out) {
            text += "<p class=\"note\">Lane <b>" + escaped(lane.name) +
                    "</b> was left out: " + escaped(lane.why) + ".</p>\n";
        }
    }
    return text;
}

std::string html_latency(const run_record& run) {
    std::vector<double> times[3];
    for (const auto& trial : run.trials) {
        const auto signal_ns = trial.marks[mark::signal_sent];
        for (const auto& one : trial.exchanges) {
            const bool is_answered = blame_of(one.result) == blame::none && one.status != 101;
            if (is_answered && one.intended_ns != 0) {
                times[static_cast<std::size_t>(timing_of(one, signal_ns))].push_back(
                    static_cast<double>(one.end_ns - one.intended_ns));
            }
        }
    }
    std::string rows;
    constexpr std::string_view names[] = {"before the signal", "in flight at it", "sent after it"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
        rows += latency_row(names[i], times[i]);
    }
    if (rows.empty()) {
        return {};
    }
    return "<h3>Time to the last byte, from when a request was due</h3>\n<table "
           "class=\"numbers\">\n" +
           head_row("", "answered", "median", "90 %", "99 %", "longest") + "<tbody>\n" + rows +
           "</tbody></table>\n";
}

}  // namespace lastcall::drill
