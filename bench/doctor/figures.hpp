// The figures, each in a file of its own.
#pragma once

#include "options.hpp"
#include "shared/results.hpp"

namespace doctor_bench {

using measured::goal;
using measured::results;

struct bench {
    options chosen;
    results into{{"doctor_bench", "A look of the doctor at a host that is full", "call"}};
};

void measure_pid(bench& all);
void measure_port(bench& all);
void measure_since(bench& all);
void measure_held(bench& all);

/// Runs `lastcall doctor ...` and adds its rows.
/// `subject`  of the rows: "doctor PID"
void add_looks(bench& all, const std::string& figure, const std::string& subject,
               const std::vector<std::string>& arguments);

}  // namespace doctor_bench
