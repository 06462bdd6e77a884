#include "drill/report/svg_timeline.hpp"

#include "drill/report/figures.hpp"
#include "drill/report/headline.hpp"
#include "drill/report/svg_curves.hpp"
#include "drill/report/svg_marks.hpp"

namespace lastcall::drill {
namespace {

constexpr int least_width = 620;  // pixels: the page scrolls the picture below that
constexpr int axis_height = 22;

// The grid is drawn first, under everything else, so it is made when the height is known.
void draw_axis(picture& into, const time_scale& scale, int top) {
    picture grid;
    grid.height = into.height;
    for (const auto& tick : scale.ticks()) {
        add_line(grid, tick.at, top, into.height - axis_height, "grid");
        const bool is_left = tick.at < 0.02;
        const bool is_right = tick.at > 0.98;
        add_label(grid, tick.at, into.height - 6, tick.text,
                  {is_left    ? "start"
                   : is_right ? "end"
                              : "middle",
                   "tick", 0});
    }
    into.shapes.insert(0, grid.shapes);
    into.labels += grid.labels;
}

void draw_gap(picture& into, const time_scale& scale, int top) {
    if (!scale.left_out()) {
        return;
    }
    const auto& gap = *scale.left_out();
    const auto begin = scale.at(gap.begin_ns);
    const auto end = scale.at(gap.end_ns);
    const auto text = length_text(gap.end_ns - gap.begin_ns) + " without an event";
    add_rect(into, begin, end, top, into.height - axis_height - top, "gap", text);
    const auto middle = place((begin + end) / 2);
    into.labels += "<svg x=\"" + middle + "\" y=\"" + std::to_string((top + into.height) / 2) +
                   "\" overflow=\"visible\"><text class=\"gap-text\" "
                   "transform=\"rotate(-90)\" text-anchor=\"middle\" y=\"4\">" +
                   escaped(text) + "</text></svg>\n";
}

std::string description(const trial_record& trial) {
    std::string text = "Time runs from left to right; 0 is the signal.";
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        if (const auto came = after_signal(trial, which); came && which != mark::signal_sent) {
            text += " " + std::string(describe(which)) + " " + offset_text(*came) + ".";
        }
    }
    return text;
}

}  // namespace

std::string svg_timeline(const trial_record& trial, const expectations& expected,
                         const time_scale& scale, std::string_view id, std::string_view signal,
                         const lane_limits& limits) {
    const auto labels = place_marks(trial, signal, scale, least_width);
    const int top = levels_of(labels) * mark_level_height + 6;
    picture made;
    made.height = top;
    draw_curves(made, trial, scale);
    draw_lanes(made, trial, expected, scale, limits);
    made.height += axis_height;
    draw_axis(made, scale, top);
    draw_gap(made, scale, top);
    picture marks;
    marks.height = made.height;
    draw_marks(marks, labels, top);
    picture after;
    if (trial.marks[mark::signal_sent] != 0) {
        add_rect(after, scale.at(scale.origin_ns()), 1, top, made.height - axis_height - top,
                 "after");
    }
    made.shapes = after.shapes + made.shapes + marks.shapes;
    made.labels += marks.labels;
    return made.svg(id, "Timeline of trial " + std::to_string(trial.number), description(trial));
}

std::string picture_definitions() {
    return "<svg class=\"definitions\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n" +
           marker_symbols() +
           "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
           "patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 3h6\"/></pattern>\n"
           "</defs></svg>\n";
}

}  // namespace lastcall::drill
