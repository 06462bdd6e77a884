// What somebody decided to accept, written where it is: a comment that silences a rule.
//
//     # lastcall: ignore=K04 reason=the proxy drains first until=2026-12-31
//
// It holds for the statement that it stands behind or, alone on its line, for the next one. The
// reason has to be there. A date ends it: what was accepted for some weeks is looked at again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"
#include "lint/text/problem.hpp"

namespace lastcall::lint {

/// A comment of a file of any kind, from its # (or ; or //) on.
struct comment {
    place at;
    std::string_view text;  ///< of the file's text, without its line end
    bool is_alone = true;   ///< nothing stands before it on its line
};

/// The lines of one statement, of a section, or of a key with all that is below it.
struct statement_lines {
    std::uint32_t first = 1;
    std::uint32_t last = 1;

    bool operator==(const statement_lines&) const = default;
};

struct suppression {
    place at;
    std::vector<std::string> rules;  ///< in capitals
    std::string reason;
    std::optional<std::chrono::year_month_day> until;  ///< the last day on which it holds
    statement_lines holds;                             ///< where

    [[nodiscard]] bool covers(std::string_view rule, std::uint32_t line) const;
};

struct suppressions {
    std::vector<suppression> valid;
    std::vector<problem> problems;  ///< no reason, no such date, out of date, nothing behind it

    /// Returns: the one that silences `rule` on `line`, or null.
    [[nodiscard]] const suppression* covering(std::string_view rule, std::uint32_t line) const;
};

/// `comments`    of one file, in its order
/// `statements`  of the same file, in the order of their first lines; they may be within another
/// `today`       the date by which `until` is judged
[[nodiscard]] suppressions read_suppressions(std::span<const comment> comments,
                                             std::span<const statement_lines> statements,
                                             const line_index& lines,
                                             std::chrono::year_month_day today);

}  // namespace lastcall::lint
