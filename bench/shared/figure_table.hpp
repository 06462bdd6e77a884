// The figures of a program of measurements, and its way through those that were chosen.
#pragma once

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shared/command_line.hpp"

namespace measured {

/// In the order in which they are measured. `Bench` has what was chosen, as `chosen`, and
/// the results, as `into`.
template <typename Bench>
using figure_table = std::vector<std::pair<std::string, void (*)(Bench&)>>;

template <typename Bench>
[[nodiscard]] std::vector<std::string> names_of(const figure_table<Bench>& figures) {
    std::vector<std::string> names;
    for (const auto& [name, measure] : figures) {
        names.push_back(name);
    }
    return names;
}

/// Measures, prints the table, and writes the files that were asked for.
/// Returns: the exit status: 0 when every figure was reached, else 3.
/// Errors: whatever a figure throws.
template <typename Bench>
[[nodiscard]] int measure_chosen(Bench& all, const figure_table<Bench>& figures) {
    const choice& chosen = all.chosen;
    for (const auto& [name, measure] : figures) {
        if (std::ranges::find(chosen.figures, name) != chosen.figures.end()) {
            measure(all);
        }
    }
    std::fputs(all.into.markdown().c_str(), stdout);
    if (!chosen.out.empty()) {
        all.into.write(chosen.out);
    }
    return all.into.all_reached() ? 0 : 3;
}

/// A whole program: reads its command line, measures, and says why it could not.
/// `read`     as read_options of each program
/// `measure`  makes the Bench of what was chosen, and calls measure_chosen()
/// Returns: the exit status; 1: it could not run.
template <typename Options, typename Bench, typename Measure>
[[nodiscard]] int run_program(const char* name, std::span<char* const> arguments,
                              const figure_table<Bench>& figures,
                              std::optional<int> (*read)(int, const char* const*,
                                                         const std::vector<std::string>&, Options&),
                              Measure measure) {
    Options chosen;
    if (const auto exit =
            read(static_cast<int>(arguments.size()), arguments.data(), names_of(figures), chosen)) {
        return *exit;
    }
    try {
        return measure(chosen);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 1;
    }
}

}  // namespace measured
