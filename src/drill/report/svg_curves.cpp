#include "drill/report/svg_curves.hpp"

#include <algorithm>
#include <vector>

#include "drill/report/figures.hpp"

namespace lastcall::drill {
namespace {

constexpr int strip_height = 9;
constexpr std::size_t most_points = 400;

struct point {
    double at = 0;
    std::int32_t value = 0;
};

// At most one point for each 1/400 of the width, the highest of those that fall into it.
std::vector<point> thinned(const std::vector<sample>& samples, std::int32_t sample::*what,
                           const time_scale& scale) {
    std::vector<point> made;
    std::size_t last_column = most_points + 1;
    for (const auto& one : samples) {
        if (one.ns < scale.begin_ns() || one.ns > scale.end_ns()) {
            continue;
        }
        const auto at = scale.at(one.ns);
        const auto column = static_cast<std::size_t>(at * most_points);
        if (column == last_column) {
            made.back().value = std::max(made.back().value, one.*what);
        } else {
            made.push_back({at, one.*what});
            last_column = column;
        }
    }
    return made;
}

void draw_area(picture& into, const std::vector<point>& points, int height, std::string_view css,
               std::string_view name) {
    const auto highest = std::ranges::max(points, {}, &point::value).value;
    if (highest <= 0) {
        return;
    }
    const int top = into.height + 14;
    const int base = top + height;
    const auto y = [&](std::int32_t value) {
        return decimal(base - static_cast<double>(std::max(value, 0)) * height / highest, 1);
    };
    std::string path = "M" + units(points.front().at) + " " + std::to_string(base);
    for (const auto& one : points) {
        path += "H" + units(one.at) + "V" + y(one.value);
    }
    path += "V" + std::to_string(base) + "Z";
    into.shapes.append("<path class=\"area ").append(css).append("\" d=\"").append(path);
    into.shapes += "\"/>\n<path class=\"base\" d=\"M0 " + std::to_string(base) + "H1000\"/>\n";
    add_label(into, 0, top - 3,
              std::string(name) + ", at most " + thousands(static_cast<std::uint64_t>(highest)),
              {"start", "lane-text", 2});
    into.height = base + 8;
}

void draw_readiness(picture& into, const trial_record& trial, const time_scale& scale) {
    const auto known = [](const sample& one) { return one.ready >= 0; };
    if (std::ranges::none_of(trial.samples, known)) {
        return;
    }
    const int top = into.height + 14;
    add_label(into, 0, top - 3, "readiness", {"start", "lane-text", 2});
    const auto& all = trial.samples;
    for (std::size_t i = 0; i < all.size();) {
        auto end = i + 1;
        while (end < all.size() && all[end].ready == all[i].ready) {
            ++end;
        }
        const auto until = end < all.size() ? all[end].ns : all.back().ns;
        if (all[i].ready >= 0 && until > scale.begin_ns()) {
            const auto begin = scale.at(all[i].ns);
            const bool is_ready = all[i].ready == 1;
            add_rect(into, begin, scale.at(until), top, strip_height,
                     is_ready ? "ready" : "not-ready", is_ready ? "ready" : "not ready");
            if (scale.at(until) - begin > 0.12) {
                add_label(into, begin, top + strip_height - 1, is_ready ? "ready" : "not ready",
                          {"start", "in-strip", 4});
            }
        }
        i = end;
    }
    into.height = top + strip_height + 8;
}

}  // namespace

void draw_curves(picture& into, const trial_record& trial, const time_scale& scale) {
    draw_readiness(into, trial, scale);
    const auto draw = [&](std::int32_t sample::*what, int height, const char* css,
                          const char* name) {
        if (const auto points = thinned(trial.samples, what, scale); !points.empty()) {
            draw_area(into, points, height, css, name);
        }
    };
    draw(&sample::in_flight, 52, "in-flight", "requests in flight");
    draw(&sample::accept_queue, 26, "queue", "connections in the accept queue");
}

}  // namespace lastcall::drill
