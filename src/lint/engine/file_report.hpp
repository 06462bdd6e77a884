// Takes what the rules find in one file, and makes it ready to be shown: with excerpts, in the
// order of the file, and without what a comment accepts.
#pragma once

#include <chrono>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/engine/finding.hpp"
#include "lint/text/problem.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

class file_report {
public:
    /// `file`  as it is shown
    /// `text`  of it; has to outlive this
    file_report(std::string file, std::string_view text);

    /// Adds a finding of the rule, with its usual severity; the caller may change the rest of it
    /// until the next one is added.
    /// Errors: std::logic_error for an id that the catalogue does not have.
    finding& add(std::string_view rule_id, place at, std::string what);

    /// Takes over what was found in a text within this file, its places already those of the file.
    void add(finding one);

    /// What a reader could not take, as G02.
    void add(std::span<const problem> problems);

    /// Comments that accept a finding.
    void accept(std::span<const comment> comments, std::span<const statement_lines> statements,
                const line_index& lines, std::chrono::year_month_day today);

    /// All of them by place. Those that a comment accepts have its reason.
    [[nodiscard]] std::vector<finding> finish() &&;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// The comments that hold.
    [[nodiscard]] std::span<const suppression> accepted() const noexcept { return accepted_.valid; }

private:
    void tell_unused(const std::set<std::pair<const suppression*, std::string>>& used);

    std::string file_;
    std::string_view text_;
    std::vector<finding> findings_;
    suppressions accepted_;
};

}  // namespace lastcall::lint
