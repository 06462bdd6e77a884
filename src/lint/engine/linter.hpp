// Lints the files below some paths: finds out what each is, has the rules of its family judge it,
// and hands the findings on, file by file.
//
// A file is read, judged and forgotten, so that memory does not grow with the tree; what is kept
// for the chain across files is bounded (chain/digest_store.hpp). Its findings come last.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "lint/engine/baseline.hpp"
#include "lint/engine/finding.hpp"
#include "lint/engine/profile.hpp"

namespace lastcall::lint {

struct lint_request {
    std::vector<std::filesystem::path> paths;
    std::chrono::year_month_day today;        ///< by which comments that accept a finding end
    bool fixes = false;                       ///< does the edits of findings that have some
    const profile* under = &usual_profile();  ///< never null
    baseline* known = nullptr;  ///< null: nothing is; what is found of it is taken out
};

struct lint_summary {
    std::size_t files = 0;   ///< that were met
    std::size_t judged = 0;  ///< of them, those that a family of rules is for
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
    std::size_t accepted = 0;    ///< by a comment; in none of the numbers above
    std::size_t known = 0;       ///< of the baseline; likewise
    std::size_t fixed = 0;       ///< in none of them either
    std::size_t unjoined = 0;    ///< workloads behind the limit of the chain across files
    std::size_t unreadable = 0;  ///< of the errors, those that are G01

    void count(const finding& one);
    /// Whether something was found that is no note and no unreadable file.
    [[nodiscard]] bool has_findings() const noexcept { return errors + warnings > unreadable; }
};

/// `each`    one file's findings by place, those that a comment accepts among them
/// Returns:  what was seen. What cannot be read is a finding (G01), and the rest is judged.
lint_summary lint(const lint_request& asked,
                  const std::function<void(std::span<const finding>)>& each);

}  // namespace lastcall::lint
