// Findings in a form that other programs read. Pure: text out, file by file, so that no more than
// one file's findings is in memory.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lint/engine/linter.hpp"

namespace lastcall::lint {

class report_writer {
public:
    virtual ~report_writer() = default;

    [[nodiscard]] virtual std::string begin() = 0;
    /// `found`  of one file
    [[nodiscard]] virtual std::string file(std::span<const finding> found) = 0;
    [[nodiscard]] virtual std::string end(const lint_summary& summary) = 0;
};

/// docs/lint.md, "As JSON".
[[nodiscard]] std::unique_ptr<report_writer> make_json_writer();
/// SARIF 2.1.0 (OASIS).
[[nodiscard]] std::unique_ptr<report_writer> make_sarif_writer();
/// JUnit's XML: each finding is a failed test; notes and what a comment accepts are not.
[[nodiscard]] std::unique_ptr<report_writer> make_junit_writer();
/// Commands of GitHub's workflows: ::error file=...
[[nodiscard]] std::unique_ptr<report_writer> make_github_writer();

/// "2 errors, 1 warning in 14 files; 1 accepted".
[[nodiscard]] std::string summary_text(const lint_summary& summary);

/// The path without "./" in front: what is relative to the root of a repository has none.
[[nodiscard]] std::string_view path_from_here(std::string_view file);

/// Where the finding begins, in characters of its line and not in bytes.
[[nodiscard]] std::size_t character_column(const finding& one);

}  // namespace lastcall::lint
