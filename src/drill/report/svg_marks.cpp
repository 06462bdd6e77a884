#include "drill/report/svg_marks.hpp"

#include <algorithm>

#include "drill/report/figures.hpp"

namespace lastcall::drill {
namespace {

// Of the font of the labels, 11 pixels: wider than nearly every text is.
constexpr double pixels_per_character = 6.4;
constexpr double pixels_between = 12;

struct span {
    double begin = 0;
    double end = 0;
};

span span_of(const mark_label& label, int width) {
    const auto pixels =
        static_cast<double>(columns(label.text)) * pixels_per_character + pixels_between;
    const auto share = pixels / width;
    return label.is_before ? span{label.at - share, label.at} : span{label.at, label.at + share};
}

bool holds(const span& text, double at) { return at > text.begin && at < text.end; }

// How well a label fits among those that have their place.
enum class fit { free, crosses_lines, overlaps };

fit fit_of(const mark_label& label, const std::vector<mark_label>& placed, int width) {
    const auto mine = span_of(label, width);
    if (mine.begin < 0 || mine.end > 1) {
        return fit::overlaps;
    }
    auto best = fit::free;
    for (const auto& other : placed) {
        const auto theirs = span_of(other, width);
        const bool touches = mine.begin < theirs.end && theirs.begin < mine.end;
        if (label.level == other.level && touches) {
            return fit::overlaps;
        }
        const bool over_my_line = label.level > other.level && holds(theirs, label.at);
        const bool over_their_line = other.level > label.level && holds(mine, other.at);
        best = over_my_line || over_their_line ? fit::crosses_lines : best;
    }
    return best;
}

// The lowest level where it crosses no line; if there is none, the lowest without a text.
void put(mark_label& label, const std::vector<mark_label>& placed, int width) {
    const bool is_before = label.is_before;
    for (const auto wanted : {fit::free, fit::crosses_lines}) {
        for (const bool turned : {false, true}) {
            label.is_before = is_before != turned;
            for (label.level = 0; label.level < static_cast<int>(mark_count); ++label.level) {
                if ((!turned || wanted != fit::free) && fit_of(label, placed, width) <= wanted) {
                    return;
                }
            }
        }
    }
    label.level = static_cast<int>(mark_count);
}

}  // namespace

std::vector<mark_label> place_marks(const trial_record& trial, std::string_view signal,
                                    const time_scale& scale, int narrowest) {
    std::vector<mark_label> labels;
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        const auto ns = trial.marks[which];
        if (ns == 0 || ns < scale.begin_ns() || ns > scale.end_ns()) {
            continue;
        }
        mark_label one;
        one.which = which;
        one.at = scale.at(ns);
        one.text = which == mark::signal_sent
                       ? harmless(signal).substr(0, 40)
                       : std::string(describe(which)) + " " + offset_text(ns - scale.origin_ns());
        labels.push_back(std::move(one));
    }
    std::ranges::stable_sort(labels, {}, &mark_label::at);
    // From the right: a text that begins at its line lies above those to the right of it, and
    // no line goes through a text. At the right edge texts end at their line, and it is the
    // other way round.
    std::vector<mark_label> placed;
    for (auto& one : labels) {
        one.is_before = false;
        if (span_of(one, narrowest).end > 1) {
            one.is_before = true;
            put(one, placed, narrowest);
            placed.push_back(one);
        }
    }
    const auto at_edge = placed.size();
    for (auto one = labels.rbegin(); one != labels.rend(); ++one) {
        const bool is_placed =
            std::any_of(placed.begin(), placed.begin() + static_cast<std::ptrdiff_t>(at_edge),
                        [&](const mark_label& other) { return other.which == one->which; });
        if (!is_placed) {
            put(*one, placed, narrowest);
            placed.push_back(*one);
        }
    }
    return labels;
}

int levels_of(const std::vector<mark_label>& labels) noexcept {
    int levels = 0;
    for (const auto& one : labels) {
        levels = std::max(levels, one.level + 1);
    }
    return levels;
}

void draw_marks(picture& into, const std::vector<mark_label>& labels, int bottom_of_labels) {
    for (const auto& one : labels) {
        const auto y = bottom_of_labels - 6 - one.level * mark_level_height;
        const auto is_signal = one.which == mark::signal_sent;
        const auto is_kill = one.which == mark::killed;
        add_line(into, one.at, y - 9, into.height - 20,
                 is_signal ? "mark signal"
                 : is_kill ? "mark kill"
                           : "mark");
        label_style style;
        style.anchor = one.is_before ? "end" : "start";
        style.css = is_signal ? "mark-text strong" : is_kill ? "mark-text bad" : "mark-text";
        style.dx = one.is_before ? -4 : 4;
        add_label(into, one.at, y, one.text, style);
    }
}

}  // namespace lastcall::drill
