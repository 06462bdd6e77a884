#include <array>

#include "drill/report/budget.hpp"
#include "drill/report/figures.hpp"
#include "drill/report/markup.hpp"
#include "drill/report/svg_timeline.hpp"

namespace lastcall::drill {
namespace {

constexpr int bar_height = 26;
constexpr int zoom_gap = 26;
constexpr double little = 0.5;  // of the grace: what is less is enlarged

constexpr std::array<std::string_view, budget_phase_count> css{
    "p-pre-stop", "p-waiting", "p-lame-duck", "p-drain",    "p-close",
    "p-exit",     "p-unused",  "p-waiting",   "p-lame-duck"};

// On a picture of the least width: there is room for the name inside.
bool has_room(std::string_view text, double share) {
    return static_cast<double>(columns(text)) * 7 + 10 < share * 600;
}

class bar_drawing {
public:
    bar_drawing(picture& into, std::int64_t begin_ns, std::int64_t end_ns)
        : into_(into), begin_(begin_ns), length_(static_cast<double>(end_ns - begin_ns)) {}

    void draw(const budget_phase& one, int y, bool with_text) {
        const auto begin = at(one.begin_ns);
        const auto end = at(one.end_ns);
        const auto kind = static_cast<std::size_t>(one.what);
        const auto name = std::string(to_string(one.what)) + " " + length_text(one.length_ns());
        add_rect(into_, begin, end, y, bar_height, css[kind],
                 name + ": " + std::string(describe(one.what)));
        if (with_text && has_room(name, end - begin)) {
            add_label(into_, begin, y + 17, name, {"start", "phase-text", 6});
        } else if (with_text && has_room(to_string(one.what), end - begin)) {
            add_label(into_, begin, y + 17, to_string(one.what), {"start", "phase-text", 6});
        }
    }

    [[nodiscard]] double at(std::int64_t ns) const {
        return static_cast<double>(ns - begin_) / length_;
    }

private:
    picture& into_;
    std::int64_t begin_;
    double length_;
};

std::string right_end(const budget& made, const expectations& expected) {
    const auto grace = length_text(expected.grace.count());
    if (made.grace_end_ns == 0) {
        return length_text(made.used_ns());
    }
    if (made.used_end_ns <= made.grace_end_ns) {
        return "grace " + grace;
    }
    const auto used = length_text(made.used_ns());
    return used == grace ? "all of the grace of " + grace + " was used"
                         : used + ", longer than the grace of " + grace;
}

std::string legend(const budget& made) {
    std::string text = "<ol class=\"phases\">\n";
    for (const auto& one : made.phases) {
        text.append(
                "<li><svg class=\"swatch\" width=\"12\" height=\"12\" aria-hidden=\"true\">"
                "<rect width=\"12\" height=\"12\" class=\"")
            .append(css[static_cast<std::size_t>(one.what)])
            .append("\"/></svg><b>")
            .append(to_string(one.what));
        text += "</b> " + length_text(one.length_ns()) + " <span>";
        text.append(describe(one.what)).append("</span></li>\n");
    }
    return text + "</ol>\n";
}

}  // namespace

std::string svg_budget(const trial_record& trial, const expectations& expected) {
    const auto made = budget_of(trial, expected);
    if (made.phases.empty()) {
        return {};
    }
    picture into;
    const auto from = trial.marks[mark::deleted] != 0 ? "delete" : "signal";
    bar_drawing bar(into, made.begin_ns, made.end_ns());
    const auto used = bar.at(made.used_end_ns);
    const bool is_enlarged = used < little;
    for (const auto& one : made.phases) {
        bar.draw(one, 18, !is_enlarged || one.what == budget_phase::kind::unused);
    }
    add_label(into, 0, 12, from, {"start", "tick", 0});
    const bool is_over = made.grace_end_ns != 0 && made.used_end_ns > made.grace_end_ns;
    add_label(into, 1, 12, right_end(made, expected), {"end", is_over ? "tick bad" : "tick", 0});
    int bottom = 18 + bar_height;
    if (is_enlarged) {
        const int top = bottom + zoom_gap;
        into.shapes += "<path class=\"zoom\" d=\"M0 " + std::to_string(bottom) + "H" + units(used) +
                       "L1000 " + std::to_string(top) + "H0Z\"/>\n";
        bar_drawing zoomed(into, made.begin_ns, made.used_end_ns);
        for (const auto& one : made.phases) {
            if (one.what != budget_phase::kind::unused) {
                zoomed.draw(one, top, true);
            }
        }
        add_label(into, 1, top - 6,
                  "the " + length_text(made.used_ns()) + " that were used, enlarged",
                  {"end", "tick", -2});
        bottom = top + bar_height;
    }
    into.height = bottom + 2;
    std::string description;
    for (const auto& one : made.phases) {
        description += std::string(to_string(one.what)) + " " + length_text(one.length_ns()) + ". ";
    }
    return into.svg("budget-" + std::to_string(trial.number), "Where the time went", description) +
           legend(made);
}

}  // namespace lastcall::drill
