#include "drill/report/svg_lanes.hpp"

#include <algorithm>
#include <array>

#include "drill/report/figures.hpp"

namespace lastcall::drill {
namespace {

constexpr int head_height = 16;
constexpr double least_width = 0.0011;  // of the picture: about a pixel

// Bad ones last: they lie on top.
constexpr std::array<ruling, ruling_count> drawing_order{
    ruling::fine, ruling::ours, ruling::expected, ruling::legal, ruling::ambiguous, ruling::lost};

struct drawn_stretch {
    double begin = 0;
    double end = 0;
};

// Bars of one ruling in a row; those that are closer than `gap` are one.
std::vector<drawn_stretch> joined(const lane_row& row, ruling how, const time_scale& scale,
                                  double gap, bool sessions) {
    std::vector<drawn_stretch> made;
    for (const auto& bar : row.bars) {
        if (bar.how != how || (bar.what->status == 101) != sessions) {
            continue;
        }
        const auto begin = scale.at(bar.begin_ns);
        const auto end = std::max(scale.at(bar.end_ns), begin + least_width);
        if (!made.empty() && begin - made.back().end < gap) {
            made.back().end = std::max(made.back().end, end);
        } else {
            made.push_back({begin, end});
        }
    }
    return made;
}

double gap_for(const std::vector<lane_rows>& lanes, const time_scale& scale, std::size_t most) {
    for (double gap = 0.0004;; gap *= 2) {
        std::size_t bars = 0;
        for (const auto& lane : lanes) {
            for (const auto& row : lane.rows) {
                for (const auto how : drawing_order) {
                    bars += joined(row, how, scale, gap, false).size();
                }
            }
        }
        if (bars <= most || gap > 1) {
            return gap;
        }
    }
}

int pitch_for(std::size_t rows) { return rows <= 6 ? 9 : rows <= 12 ? 7 : rows <= 24 ? 5 : 4; }

std::string row_title(const lane_row& row) {
    std::string text = row.lives.size() == 1
                           ? "connection " + thousands(row.lives.front().connection)
                           : counted(row.lives.size(), "connection");
    text += ": " + counted(row.bars.size(), "request");
    return row.bad == 0 ? text : text + ", " + thousands(row.bad) + " lost or ambiguous";
}

std::string lane_title(const lane_rows& lane) {
    std::string text = counted(lane.connections, "connection");
    if (lane.lost != 0) {
        text += ", " + thousands(lane.lost) + " lost";
    }
    if (lane.rows.size() < lane.rows_in_all) {
        text += ", " + thousands(lane.rows.size()) + " of " + counted(lane.rows_in_all, "row") +
                " shown";
        text += lane.bad_hidden == 0
                    ? ""
                    : ", " + thousands(lane.bad_hidden) + " lost or ambiguous not shown";
    }
    return text;
}

struct marker {
    double at = 0;
    int y = 0;
    const row_bar* bar = nullptr;
};

class lane_drawing {
public:
    lane_drawing(picture& into, const time_scale& scale, double gap)
        : into_(into), scale_(scale), gap_(gap) {}

    void draw(const lane_rows& lane, bool is_even) {
        const int top = into_.height;
        const int pitch = pitch_for(lane.rows.size());
        const int bottom = top + head_height + static_cast<int>(lane.rows.size()) * pitch + 6;
        if (is_even) {
            add_rect(into_, 0, 1, top, bottom - top, "band");
        }
        into_.labels += "<text x=\"0\" y=\"" + std::to_string(top + 12) +
                        "\" dx=\"2\" class=\"lane-text\"><tspan class=\"strong\">" +
                        escaped(lane.lane) + "</tspan> " + escaped(lane_title(lane)) + "</text>\n";
        const auto first = top + head_height + pitch / 2;
        draw_lives(lane, first, pitch);
        for (const auto how : drawing_order) {
            draw_bars(lane, how, first, pitch);
        }
        for (std::size_t i = 0; i < lane.rows.size(); ++i) {
            const auto y = top + head_height + static_cast<int>(i) * pitch;
            add_rect(into_, 0, 1, y, pitch, "hit", row_title(lane.rows[i]));
            collect_markers(lane.rows[i], y + pitch / 2);
        }
        into_.height = bottom;
    }

    void draw_markers(std::size_t most) {
        const auto step = markers_.size() <= most ? 1 : (markers_.size() + most - 1) / most;
        for (std::size_t i = 0; i < markers_.size(); i += step) {
            const auto& one = markers_[i];
            const auto& what = *one.bar->what;
            into_.labels.append("<use href=\"#m-").append(to_string(one.bar->how));
            into_.labels += "\" x=\"" + place(one.at) + "\" y=\"" + std::to_string(one.y) +
                            "\"><title>" + escaped(what.method) + " " + escaped(what.target) +
                            ": " + escaped(describe(what.result)) + ", " +
                            offset_text(what.end_ns - scale_.origin_ns()) + ", connection " +
                            std::to_string(what.connection) + "</title></use>\n";
        }
    }

private:
    void draw_lives(const lane_rows& lane, int first, int pitch) {
        std::string path;
        for (std::size_t i = 0; i < lane.rows.size(); ++i) {
            const auto y = std::to_string(first + static_cast<int>(i) * pitch);
            double reached = -1;
            for (const auto& life : lane.rows[i].lives) {
                const auto begin = std::max(scale_.at(life.begin_ns), reached);
                const auto end = scale_.at(life.end_ns);
                if (end - begin > least_width) {
                    path += "M" + units(begin) + " " + y + "H" + units(end);
                    reached = end;
                }
            }
        }
        add_path("life", 1, path);
    }

    void draw_bars(const lane_rows& lane, ruling how, int first, int pitch) {
        for (const bool sessions : {true, false}) {
            std::string path;
            for (std::size_t i = 0; i < lane.rows.size(); ++i) {
                const auto y = std::to_string(first + static_cast<int>(i) * pitch);
                for (const auto& one : joined(lane.rows[i], how, scale_, gap_, sessions)) {
                    path += "M" + units(one.begin) + " " + y + "H" + units(one.end);
                }
            }
            const auto thick = std::max(pitch * 2 / 3, 2);
            add_path(std::string("bar ") + std::string(to_string(how)),
                     sessions ? std::max(thick / 3, 1) : thick, path);
        }
    }

    void add_path(const std::string& css, int thick, const std::string& path) {
        if (!path.empty()) {
            into_.shapes += "<path class=\"" + css + "\" stroke-width=\"" + std::to_string(thick) +
                            "\" d=\"" + path + "\"/>\n";
        }
    }

    // One for those that would lie over each other.
    void collect_markers(const lane_row& row, int y) {
        double last = -1;
        for (const auto& bar : row.bars) {
            const auto at = scale_.at(bar.end_ns);
            const bool is_marked = bar.how != ruling::fine && bar.how != ruling::ours;
            const bool is_bad = bar.how == ruling::lost || bar.how == ruling::ambiguous;
            if (is_marked && (at - last > 0.006 || (is_bad && at - last > 0.003))) {
                markers_.push_back({at, y, &bar});
                last = at;
            }
        }
    }

    picture& into_;
    const time_scale& scale_;
    double gap_;
    std::vector<marker> markers_;
};

}  // namespace

void draw_lanes(picture& into, const trial_record& trial, const expectations& expected,
                const time_scale& scale, const lane_limits& limits) {
    auto lanes = rows_of(trial, expected, scale.begin_ns(), limits.rows);
    const auto height_of_all = [&] {
        int pixels = 0;
        for (const auto& lane : lanes) {
            pixels += static_cast<int>(lane.rows.size()) * pitch_for(lane.rows.size());
        }
        return pixels;
    };
    for (auto rows = limits.rows; rows > 8 && height_of_all() > limits.pixels;) {
        rows = rows * 3 / 4;
        lanes = rows_of(trial, expected, scale.begin_ns(), rows);
    }
    lane_drawing drawing(into, scale, gap_for(lanes, scale, limits.bars));
    bool is_even = true;
    for (const auto& lane : lanes) {
        drawing.draw(lane, is_even);
        is_even = !is_even;
    }
    drawing.draw_markers(limits.markers);
}

std::string marker_symbols() {
    // Each has its own shape: none is told from another by its colour alone.
    return "<symbol id=\"m-lost\" overflow=\"visible\"><path class=\"halo\" "
           "d=\"M-3.5-3.5l7 7m0-7l-7 7\"/><path class=\"stroke-lost\" "
           "d=\"M-3.5-3.5l7 7m0-7l-7 7\"/></symbol>\n"
           "<symbol id=\"m-ambiguous\" overflow=\"visible\"><path class=\"fill-ambiguous\" "
           "d=\"M0-4l4 4-4 4-4-4z\"/></symbol>\n"
           "<symbol id=\"m-legal\" overflow=\"visible\"><circle class=\"fill-legal\" "
           "r=\"2.8\"/></symbol>\n"
           "<symbol id=\"m-expected\" overflow=\"visible\"><path class=\"fill-expected\" "
           "d=\"M-3 2.5h6l-3-5z\"/></symbol>\n";
}

}  // namespace lastcall::drill
