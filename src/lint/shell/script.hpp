// A shell script as read: its program, its comments, and what is wrong with it.
//
// The reader refuses nothing. What it does not understand is an opaque command and a problem with
// its place; a quote or a construct that never ends is a problem where it began. It takes time in
// proportion to the text and a bounded stack: what is nested deeper than `max_depth` is opaque.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/shebang.hpp"
#include "lint/shell/syntax.hpp"
#include "lint/shell/text_map.hpp"
#include "lint/text/line_index.hpp"
#include "lint/text/place.hpp"

namespace lastcall::lint::shell {

/// How deep constructs and substitutions may stand in each other.
inline constexpr int max_depth = 100;

/// How many commands, words and pieces of words are read of one script. They take about 200 bytes
/// each, and a script of a megabyte has fewer.
inline constexpr std::size_t max_nodes = 1'000'000;

struct problem {
    enum class kind : std::uint8_t {
        unclosed,            ///< began here and never ends
        unexpected,          ///< a word or an operator that has no place here
        incomplete,          ///< something has to follow and does not
        too_deep,            ///< deeper than max_depth
        too_large,           ///< more than max_nodes
        heredoc_without_end  ///< shells take the rest as its text, with a warning
    };
    kind what = kind::unexpected;
    stretch where;
    std::string text;  ///< a sentence without its place
};

class script {
public:
    bang shebang;
    std::vector<statement> program;
    std::vector<stretch> comments;  ///< from `#` to the end of the line, without the shebang
    std::deque<heredoc> heredocs;
    std::vector<problem> problems;  ///< in the order of the text; the first 100

    /// The place of `where` in the file.
    [[nodiscard]] place at(stretch where) const {
        return lines_->at(where.begin, where.end - where.begin);
    }

    /// Keeps `made` as long as the script lives.
    std::string_view keep(std::string made) { return made_->emplace_back(std::move(made)); }

    script(std::shared_ptr<const line_index> lines)
        : lines_(std::move(lines)), made_(std::make_unique<std::deque<std::string>>()) {}

    [[nodiscard]] const std::shared_ptr<const line_index>& lines() const { return lines_; }

private:
    std::shared_ptr<const line_index> lines_;
    std::unique_ptr<std::deque<std::string>> made_;
};

/// Reads a file. Of more than 4 GB only the begin is read.
///
/// Lifetime: `text` has to live as long as the script.
[[nodiscard]] script read_script(std::string_view text);

/// Reads a program that stands in a file as a word: what is behind `trap`, `eval` or `sh -c`.
///
/// `text`   what the shell would read; a copy is kept by the script.
/// `map`    where its bytes stand in the file, whose lines are `lines`.
[[nodiscard]] script read_embedded(std::string_view text, const text_map& map,
                                   std::shared_ptr<const line_index> lines);

}  // namespace lastcall::lint::shell
