// What a person reads: the route as a tree, findings, the times as a bar, and what was not seen.
#include <algorithm>

#include "doctor/report/diagnosis.hpp"

namespace lastcall::doctor {
namespace {

constexpr std::size_t longest_command = 48;
constexpr std::size_t bar_columns = 40;

std::string inked(const std::string& text, const char* code, const text_style& on) {
    return on.has_colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
}

const char* ink_of(verdict what) {
    switch (what) {
        case verdict::handles:
        case verdict::forwards:
            return "32";
        case verdict::dies:
        case verdict::unknown:
        case verdict::ended:
            return "33";
        default:
            return "31";
    }
}

std::string cut(const std::string& text, std::size_t width, const text_style& on) {
    return text.size() <= width ? text : text.substr(0, width - 1) + (on.has_utf8 ? "…" : "~");
}

/// "label text", its further lines below the text.
std::string folded(const std::string& label, const std::string& text, const text_style& on) {
    const std::size_t width = std::max<std::size_t>(on.width, 50);
    std::string made = label;
    std::size_t used = label.size();
    std::string_view left = text;
    while (!left.empty()) {
        const auto word = left.substr(0, left.find(' '));
        if (used > label.size() && used + 1 + word.size() > width) {
            made += "\n" + std::string(label.size(), ' ');
            used = label.size();
        } else if (used > label.size()) {
            made += ' ';
            ++used;
        }
        made += word;
        used += word.size();
        left.remove_prefix(std::min(word.size() + 1, left.size()));
    }
    return made + "\n";
}

std::string route_text(const diagnosis& one, const text_style& on) {
    std::string made = inked("Route of " + one.of.signal_name, "1", on) + "\n";
    std::size_t depth = 0;
    for (const hop& each : one.route) {
        const std::string branch = depth == 0 ? "" : on.has_utf8 ? "└─ " : "`- ";
        const std::string indent(2 + (depth == 0 ? 0 : 3 * (depth - 1)), ' ');
        made += indent + branch + "pid " + std::to_string(each.pid) + "  " +
                cut(each.command, longest_command, on) + "\n";
        const std::string below(indent.size() + (depth == 0 ? 3 : 6), ' ');
        const std::string verdict_text =
            (each.is_reached ? "" : "not reached; ") + std::string(to_string(each.what));
        made += folded(below, verdict_text + (each.why.empty() ? "" : ": " + each.why), on);
        if (on.has_colour) {
            const auto at =
                made.rfind(to_string(each.what), made.rfind(verdict_text) + verdict_text.size());
            made.replace(at, to_string(each.what).size(),
                         inked(std::string(to_string(each.what)), ink_of(each.what), on));
        }
        if (each.script != nullptr) {
            made += below + each.script->file + ":" + std::to_string(each.script->line) + ": `" +
                    each.script->text + "`" +
                    (each.script->is_certain ? "" : " (as far as can be told)") + "\n";
        }
        ++depth;
    }
    return made;
}

const char* ink_of(const finding& one) {
    return one.how == weight::blocks ? "1;31" : one.how == weight::loses ? "1;33" : "1;36";
}

std::string finding_text(const finding& one, const text_style& on) {
    const std::string head = std::string(one.rule) + " " + std::string(to_string(one.sure));
    const std::string who = one.pid == 0 ? "" : "pid " + std::to_string(one.pid) + ": ";
    std::string made = folded("  " + head + "  ", who + one.what, on);
    made.replace(2, head.size(), inked(head, ink_of(one), on));
    for (const evidence& each : one.by) {
        made += folded("      seen: ", each.field + ": " + each.value, on);
    }
    return made + folded("      fix:  ", one.fix, on);
}

const char* broken_text(const budget_link& one) {
    return one.kind == link_kind::stopper ? "  too short: it gives up first"
                                          : "  too short: SIGKILL comes first";
}

std::string budget_bars(const diagnosis& one, const text_style& on) {
    using std::chrono::nanoseconds;
    nanoseconds longest{0};
    std::size_t name_width = 0;
    std::size_t known = 0;
    for (const auto& each : one.budget) {
        const bool is_bar = each.time && *each.time != nanoseconds::max();
        longest = is_bar ? std::max(longest, *each.time) : longest;
        known += each.time ? 1U : 0U;
        name_width = std::max(name_width, each.who.size());
    }
    if (known == 0) {
        return {};
    }
    std::string made = "\n" + inked("Times, from the inside to the outside", "1", on) + "\n";
    for (const auto& each : one.budget) {
        const bool is_endless = each.time == nanoseconds::max();
        const std::size_t columns =
            !each.time   ? 0
            : is_endless ? bar_columns
            : longest.count() == 0
                ? 0
                : std::max<std::size_t>(
                      static_cast<std::size_t>(static_cast<double>(each.time->count()) /
                                               static_cast<double>(longest.count()) *
                                               static_cast<double>(bar_columns)),
                      1);
        std::string bar(columns, each.is_broken ? '#' : '=');
        if (is_endless) {
            bar += ">";
        }
        made += "  " + each.who + std::string(name_width - each.who.size(), ' ') + "  " +
                (bar.empty() ? "" : bar + " ") + budget_text(each.time) +
                (each.source.empty() ? "" : " (" + each.source + ")") +
                (each.is_broken ? inked(broken_text(each), "1;31", on) : "") + "\n";
    }
    return made;
}

std::string blind_text(const diagnosis& one, const text_style& on) {
    std::string made;
    for (const blind_spot& each : one.of.blind_spots) {
        made += folded("  ",
                       each.what + ": " + each.why + (each.fix.empty() ? "" : "; " + each.fix) +
                           " (" + each.rules + ")",
                       on);
    }
    return made.empty() ? made : "\n" + inked("Not seen [L60]", "1", on) + "\n" + made;
}

}  // namespace

std::string as_text(const diagnosis& one, const text_style& on) {
    std::string made = route_text(one, on) + "\n";
    if (one.found.empty()) {
        made += "Nothing found in " + looked_at_text(one) + ".\n";
    } else {
        made += inked("Findings, the most likely cause first", "1", on) + "\n";
        for (const finding& each : one.found) {
            made += finding_text(each, on);
        }
    }
    return made + budget_bars(one, on) + blind_text(one, on);
}

}  // namespace lastcall::doctor
