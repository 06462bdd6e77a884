// A run and its verdict as files: the same input gives the same bytes.
#pragma once

#include <map>
#include <string>

#include "drill/record/run_record.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

/// Where the settings come from, so that a finding can point at the line to change.
struct settings_source {
    std::string file;                  ///< as it was named; empty: the command line
    std::map<std::string, int> lines;  ///< "grace", "lame_duck.min": line, from 1
};

/// Version 1, described in docs/drill-json.md.
[[nodiscard]] std::string to_json(const run_record& run, const verdict& made);

/// One test suite, one test case for each criterion.
[[nodiscard]] std::string to_junit(const run_record& run, const verdict& made);

/// SARIF 2.1.0: a result for each criterion that failed or warns.
[[nodiscard]] std::string to_sarif(const run_record& run, const verdict& made,
                                   const settings_source& source);

/// A summary for a pull request.
[[nodiscard]] std::string to_markdown(const run_record& run, const verdict& made);

/// One file with everything inside: the timeline as SVG, no script that is needed to read
/// it, nothing loaded from elsewhere.
[[nodiscard]] std::string to_html(const run_record& run, const verdict& made);

struct terminal_style {
    bool colour = false;
    int width = 80;  ///< columns
};

/// What is printed at the end.
[[nodiscard]] std::string to_terminal(const run_record& run, const verdict& made,
                                      const terminal_style& style);

}  // namespace lastcall::drill
