// Helm charts and other texts with {{ actions }}: what YAML can be read of them without rendering.
//
// A line of actions only is blanked. An action within a line becomes a run of one byte that no
// YAML has, so that the value it is part of is known to be unknown. Nothing changes its place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"
#include "lint/text/problem.hpp"

namespace lastcall::lint {

/// What stands for each byte of an action.
inline constexpr char unknown_byte = '\x7F';

struct template_mask {
    std::string text;  ///< as long as the text it was made of
    /// Where each line begins that puts in something of which nobody here knows the form.
    std::vector<std::size_t> unknown_lines;
    /// From an if, with or range to its end; in their order, outer ones only.
    std::vector<std::pair<std::size_t, std::size_t>> conditional;
    std::vector<problem> problems;
};

[[nodiscard]] bool has_actions(std::string_view text);

[[nodiscard]] template_mask mask_actions(std::string_view text, const line_index& lines);

}  // namespace lastcall::lint
