#include "shared/results.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "drill/record/tally.hpp"

namespace measured {
namespace {

using lastcall::drill::quantile;

std::string json_string(const std::string& text) { return nlohmann::json(text).dump(); }

std::vector<double> sorted(std::vector<double> values) {
    std::ranges::sort(values);
    return values;
}

std::string text_of(double value, const std::string& unit) {
    char text[32];
    const bool whole = unit.empty() && value == std::floor(value);
    std::snprintf(text, sizeof text,
                  whole                  ? "%.0f"
                  : std::abs(value) < 10 ? "%.2f"
                                         : "%.1f",
                  value);
    return unit.empty() ? text : std::string(text) + " " + unit;
}

std::string goal_text(const measure& one) {
    if (!one.to_reach) {
        return "";
    }
    return std::string(one.to_reach->each_value ? "each " : "") +
           (one.to_reach->at_least ? "≥ " : "≤ ") + text_of(one.to_reach->limit, one.unit);
}

}  // namespace

bool measure::reached() const {
    if (!to_reach) {
        return true;
    }
    const auto in_order = sorted(values);
    if (in_order.empty()) {
        return false;
    }
    const double median = quantile(in_order, 0.5);
    return to_reach->at_least
               ? (to_reach->each_value ? in_order.front() : median) >= to_reach->limit
               : (to_reach->each_value ? in_order.back() : median) <= to_reach->limit;
}

void results::add(measure one) { measures_.push_back(std::move(one)); }

void results::note(const std::string& text) {
    std::fprintf(stderr, "%s: NOTE: %s\n", heading_.program.c_str(), text.c_str());
    if (std::ranges::find(notes_, text) == notes_.end()) {
        notes_.push_back(text);
    }
}

bool results::all_reached() const { return std::ranges::all_of(measures_, &measure::reached); }

std::string results::markdown() const {
    std::ostringstream out;
    out << "# " << heading_.title << "\n";
    std::string figure;
    for (const auto& one : measures_) {
        if (one.figure != figure) {
            figure = one.figure;
            out << "\n## " << figure << "\n\n| " << heading_.subject
                << " | what | runs | median | range | to reach | reached |\n"
                   "|---|---|---|---|---|---|---|\n";
        }
        const auto values = sorted(one.values);
        out << "| " << one.subject << " | " << one.what << " | " << values.size() << " | ";
        if (values.empty()) {
            out << "– | –";
        } else {
            out << text_of(quantile(values, 0.5), one.unit) << " | "
                << text_of(values.front(), one.unit) << " – " << text_of(values.back(), one.unit);
        }
        out << " | " << goal_text(one) << " | "
            << (!one.to_reach   ? ""
                : one.reached() ? "yes"
                                : "**no**")
            << (one.note.empty() ? "" : " (" + one.note + ")") << " |\n";
    }
    if (!notes_.empty()) {
        out << "\n## Notes\n\n";
    }
    for (const auto& note : notes_) {
        out << "- " << note << "\n";
    }
    return out.str();
}

std::string results::json() const {
    std::ostringstream out;
    out << "{\n  \"format\": \"lastcall-bench/2\",\n  \"program\": "
        << json_string(heading_.program) << ",\n  \"measures\": [";
    const char* separator = "\n";
    for (const auto& one : measures_) {
        const auto in_order = sorted(one.values);
        out << separator << "    {\"figure\": " << json_string(one.figure) << ", "
            << json_string(heading_.subject) << ": " << json_string(one.subject)
            << ", \"what\": " << json_string(one.what) << ", \"unit\": " << json_string(one.unit)
            << ", \"median\": " << quantile(in_order, 0.5) << ", \"values\": [";
        for (std::size_t i = 0; i < one.values.size(); ++i) {
            out << (i == 0 ? "" : ", ") << one.values[i];
        }
        out << "]";
        if (one.to_reach) {
            out << (one.to_reach->at_least ? ", \"at_least\": " : ", \"at_most\": ")
                << one.to_reach->limit
                << ", \"each_value\": " << (one.to_reach->each_value ? "true" : "false")
                << ", \"reached\": " << (one.reached() ? "true" : "false");
        }
        if (!one.note.empty()) {
            out << ", \"note\": " << json_string(one.note);
        }
        out << "}";
        separator = ",\n";
    }
    out << "\n  ],\n  \"notes\": [";
    separator = "\n";
    for (const auto& note : notes_) {
        out << separator << "    " << json_string(note);
        separator = ",\n";
    }
    out << "\n  ]\n}\n";
    return out.str();
}

void results::write(const std::string& out) const {
    for (const auto& [name, text] : {std::pair(out + ".md", markdown()), {out + ".json", json()}}) {
        std::ofstream file(name);
        file << text;
        if (!file.flush()) {
            throw std::runtime_error("cannot write " + name);
        }
    }
}

}  // namespace measured
