#include "drill/report/terminal_timeline.hpp"

#include <algorithm>

#include "drill/report/budget.hpp"
#include "drill/report/figures.hpp"
#include "drill/report/terminal_text.hpp"
#include "drill/report/time_scale.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t margin = 11;  // of the names at the left
constexpr std::int32_t not_sampled = INT32_MIN;

std::size_t column_of(const time_scale& scale, std::int64_t ns, std::size_t width) {
    return std::min(static_cast<std::size_t>(scale.at(ns) * static_cast<double>(width)), width - 1);
}

std::string named(std::string_view name, std::string_view line) {
    return padded_right(name, margin).append(line);
}

void add_curve(std::vector<std::string>& into, const trial_record& trial, const time_scale& scale,
               std::size_t width, std::string_view name, std::int32_t sample::*what) {
    std::vector<std::int32_t> highest(width, not_sampled);
    for (const auto& one : trial.samples) {
        if (one.ns >= scale.begin_ns() && one.ns <= scale.end_ns()) {
            auto& here = highest[column_of(scale, one.ns, width)];
            here = std::max(here, one.*what);
        }
    }
    const auto most = std::ranges::max(highest);
    if (most <= 0) {
        return;
    }
    std::string line;
    std::int32_t last = 0;
    for (const auto value : highest) {
        last = value != not_sampled ? value : last;
        line += spark(last, most);
    }
    into.push_back(named(name, line));
    into.back() += " " + thousands(static_cast<std::uint64_t>(most));
}

struct letter {
    char sign = 'a';
    std::int64_t ns = 0;
    std::string text;
};

std::vector<letter> letters_of(const trial_record& trial, std::string_view signal,
                               const time_scale& scale) {
    std::vector<letter> made;
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        const auto ns = trial.marks[which];
        if (ns >= scale.begin_ns() && ns <= scale.end_ns() && ns != 0) {
            made.push_back({'a', ns,
                            which == mark::signal_sent ? cut(harmless(signal), 40)
                                                       : std::string(describe(which)) + " " +
                                                             offset_text(ns - scale.origin_ns())});
        }
    }
    std::ranges::stable_sort(made, {}, &letter::ns);
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].sign = static_cast<char>('a' + static_cast<char>(i));
    }
    return made;
}

// A letter whose column is taken goes to the next that is free, so the order is kept.
std::string letter_line(const std::vector<letter>& letters, const time_scale& scale,
                        std::size_t width) {
    std::string line(width, ' ');
    std::size_t next = 0;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const auto room_for_rest = width - (letters.size() - i);
        const auto at = std::max(column_of(scale, letters[i].ns, width), next);
        next = std::min(at, room_for_rest);
        line[next++] = letters[i].sign;
    }
    return line;
}

std::string axis(const time_scale& scale, std::size_t width) {
    std::string line;
    const auto zero = column_of(scale, scale.origin_ns(), width);
    const auto& gap = scale.left_out();
    for (std::size_t i = 0; i < width; ++i) {
        const bool is_cut = gap && i > column_of(scale, gap->begin_ns, width) &&
                            i < column_of(scale, gap->end_ns, width);
        line += i == zero ? "┼" : is_cut ? "╌" : "─";
    }
    return line;
}

}  // namespace

std::vector<std::string> text_timeline(const trial_record& trial, const expectations& expected,
                                       std::string_view signal, const terminal_style& style) {
    std::vector<std::string> lines;
    const auto scale = scale_of(trial);
    const auto whole = static_cast<std::size_t>(style.width);
    const auto width = whole - margin - 6;
    add_curve(lines, trial, scale, width, "in flight", &sample::in_flight);
    add_curve(lines, trial, scale, width, "queue", &sample::accept_queue);
    const auto letters = letters_of(trial, signal, scale);
    lines.push_back(named("", axis(scale, width)));
    lines.push_back(named("", letter_line(letters, scale, width)));
    std::vector<std::string> legend;
    legend.reserve(letters.size() + 1);
    for (const auto& one : letters) {
        legend.push_back(std::string(1, one.sign) + " " + one.text);
    }
    if (const auto& gap = scale.left_out()) {
        legend.push_back("╌ " + length_text(gap->end_ns - gap->begin_ns) + " without an event");
    }
    for (const auto& line : flowed(legend, "  ", whole - margin)) {
        lines.push_back(named("", line));
    }
    std::vector<std::string> phases;
    for (const auto& one : budget_of(trial, expected).phases) {
        phases.push_back(std::string(phases.empty() ? "" : "→ ") +
                         std::string(to_string(one.what)) + " " + length_text(one.length_ns()));
    }
    std::string_view name = "time";
    for (const auto& line : flowed(phases, " ", whole - margin)) {
        lines.push_back(named(name, line));
        name = "";
    }
    return lines;
}

}  // namespace lastcall::drill
