#include <algorithm>

#include "drill/report/figures.hpp"
#include "drill/report/headline.hpp"
#include "drill/report/reports.hpp"
#include "drill/report/terminal_text.hpp"
#include "drill/report/terminal_timeline.hpp"

namespace lastcall::drill {
namespace {

constexpr int narrowest_page = 60;
constexpr int widest = 200;
constexpr std::size_t most_lines = 40;

using lines = std::vector<std::string>;

void add(lines& into, lines more) {
    if (more.empty()) {
        return;
    }
    if (!into.empty()) {
        into.emplace_back();
    }
    std::ranges::move(more, std::back_inserter(into));
}

// The first `most` of them; that there is more shows at the end of the last.
lines at_most(lines from, std::size_t most) {
    if (from.size() > most) {
        from.resize(most);
        from.back() = cut(from.back() + " …", columns(from.back()));
    }
    return from;
}

lines lines_in(std::string_view text) {
    lines made;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        made.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return made;
}

lines top(const run_record& run, const verdict& made, const terminal_style& style) {
    const auto word = std::string(verdict_word(made));
    const auto how = word == "PASS"   ? standing::pass
                     : word == "FAIL" ? standing::fail
                                      : standing::inconclusive;
    const auto indent = word.size() + 4;
    lines text = wrapped(headline(run, made), static_cast<std::size_t>(style.width) - indent);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = std::string(symbol_of(how)) + " " + word;
        text[i] = i == 0 ? painted(lead, ink_of(how), style.colour) + "  " + text[i]
                         : std::string(indent, ' ') + text[i];
    }
    for (const auto& why : made.inconclusive_because) {
        const auto width = static_cast<std::size_t>(style.width) - 4;
        std::string_view lead = "  ? ";
        for (const auto& part : lines_in(why)) {  // what a service printed has lines of its own
            for (const auto& line : wrapped(harmless(part), width)) {
                text.push_back(std::string(lead) + line);
                lead = "    ";
            }
        }
    }
    return text;
}

standing standing_of(outcome result) {
    switch (blame_of(result)) {
        case blame::server:
            return standing::fail;
        case blame::ambiguous:
        case blame::depends:
            return standing::inconclusive;
        default:
            return standing::pass;
    }
}

lines outcomes(const verdict& made, const terminal_style& style) {
    constexpr std::size_t number_width = 11;
    const auto name_width =
        std::min(static_cast<std::size_t>(style.width) - 3 * number_width, std::size_t{64});
    lines text;
    for (const auto result : all_outcomes()) {
        if (made.totals.all.of(result) == 0) {
            continue;
        }
        const auto how = standing_of(result);
        const auto name = std::string(how == standing::pass ? " " : symbol_of(how)) + " " +
                          std::string(describe(result));
        std::string line = padded_right(cut(name, name_width), name_width);
        for (const auto when : {timing::before, timing::in_flight, timing::after}) {
            const auto number = made.totals.all.of(result, when);
            line += padded_left(number == 0 ? "·" : thousands(number), number_width);
        }
        text.push_back(
            painted(line, how == standing::pass ? ink::plain : ink_of(how), style.colour));
    }
    if (!text.empty()) {
        text.insert(
            text.begin(),
            painted(padded_right("requests", name_width) + padded_left("before", number_width) +
                        padded_left("in flight", number_width) + padded_left("after", number_width),
                    ink::soft, style.colour));
    }
    return text;
}

// Of all trials.
lines effects(const run_record& run, const terminal_style& style) {
    effect_ledger all;
    bool was_asked = false;
    for (const auto& trial : run.trials) {
        if (trial.effects && trial.effects->problem.empty()) {
            was_asked = true;
            all.acknowledged += trial.effects->acknowledged;
            all.lost.insert(all.lost.end(), trial.effects->lost.begin(), trial.effects->lost.end());
            all.unclaimed.insert(all.unclaimed.end(), trial.effects->unclaimed.begin(),
                                 trial.effects->unclaimed.end());
        }
    }
    if (!was_asked) {
        return {};
    }
    return wrapped("effects    " + thousands(all.acknowledged) + " acknowledged, " +
                       thousands(all.lost.size()) + " lost, " + thousands(all.unclaimed.size()) +
                       " unacknowledged",
                   static_cast<std::size_t>(style.width));
}

// A criterion, and what there is to know more: why, and what to do. Wrapped, never cut: for
// many runs the terminal is the only report.
struct told {
    lines head;
    lines more;
};

told told_of(const criterion& one, const terminal_style& style) {
    constexpr std::size_t indent = 6;
    const auto width = static_cast<std::size_t>(style.width) - indent;
    told made;
    const auto title = one.id + " " + harmless(one.title) + ": " + harmless(one.measured);
    for (const auto& line : wrapped(title, width)) {
        const auto lead =
            made.head.empty() ? std::string(symbol_of(one.how)) + " " : std::string(indent, ' ');
        made.head.push_back(painted(lead + line, ink_of(one.how), style.colour));
    }
    for (const auto& text : {harmless(one.why), one.fix.empty() ? "" : "→ " + harmless(one.fix)}) {
        for (const auto& line : wrapped(text, width)) {
            made.more.push_back(std::string(indent, ' ') + line);
        }
    }
    return made;
}

// Failed ones first, each with its cause and its fix; of the others as much as there is room.
lines criteria(const verdict& made, const terminal_style& style, std::size_t room) {
    lines text;
    std::size_t left_out = 0;
    for (const auto how : {standing::fail, standing::inconclusive, standing::warn}) {
        for (const auto& one : made.criteria) {
            if (one.how != how) {
                continue;
            }
            auto told = told_of(one, style);
            const bool is_due = how == standing::fail;
            if (!is_due && text.size() + told.head.size() > room) {
                ++left_out;
                continue;
            }
            std::ranges::move(told.head, std::back_inserter(text));
            if (is_due || text.size() + told.more.size() <= room) {
                std::ranges::move(told.more, std::back_inserter(text));
            }
        }
    }
    if (left_out != 0) {
        text.push_back("  and " + counted(left_out, "more criterion", "more criteria") +
                       ", none failed, in the report");
    }
    return text;
}

lines cells(const run_record& run, const verdict& made, const terminal_style& style) {
    std::vector<const cell_result*> worst;
    for (const auto& one : made.cells) {
        if (one.lost != 0 || (one.is_reachable && one.seen < one.wanted)) {
            worst.push_back(&one);
        }
    }
    std::ranges::stable_sort(worst, [](const auto* a, const auto* b) { return a->lost > b->lost; });
    std::vector<std::string> items;
    for (const auto* one : worst) {
        auto item = (one->lost != 0 ? "✗ " : "? ") + std::string(describe(one->where)) + ": ";
        if (one->lost != 0 || one->seen != 0) {
            item += thousands(one->lost) + " of " +
                    counted(std::max(one->seen, one->lost), "connection") + " lost something";
        }
        if (one->seen < one->wanted) {
            item += (one->lost != 0 || one->seen != 0 ? ", " : "none seen, ") +
                    thousands(one->wanted) + " were wanted";
        }
        items.push_back(std::move(item));
    }
    auto text = at_most(flowed(items, "  ", static_cast<std::size_t>(style.width)), 4);
    if (!text.empty()) {
        text.insert(text.begin(), painted(std::string("states at ") + run.moment() + ", the worst",
                                          ink::soft, style.colour));
    }
    return text;
}

}  // namespace

std::string to_terminal(const run_record& run, const verdict& made, const terminal_style& style) {
    auto fitted = style;
    fitted.width = std::clamp(style.width, narrowest_page, widest);
    lines text = top(run, made, fitted);
    if (const auto trials = worst_first(run); !trials.empty()) {
        auto timeline = text_timeline(*trials.front().trial, run.expected, run.told_by(), fitted);
        if (trials.size() > 1) {
            timeline.insert(
                timeline.begin(),
                painted("the worst trial, number " + std::to_string(trials.front().trial->number),
                        ink::soft, fitted.colour));
        }
        add(text, std::move(timeline));
    }
    add(text, outcomes(made, fitted));
    add(text, effects(run, fitted));
    auto states = cells(run, made, fitted);
    const auto taken = text.size() + states.size() + 2;
    add(text, criteria(made, fitted, taken + 4 < most_lines ? most_lines - taken : 4));
    add(text, std::move(states));
    std::string all;
    for (const auto& line : text) {
        all += line + "\n";
    }
    return all;
}

}  // namespace lastcall::drill
