// The line of its script that a shell is at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/look/seen_socket.hpp"
#include "lint/text/line_index.hpp"

namespace lastcall::doctor {

/// bash seeks its script (descriptor 255) to the end of the command that it runs; of any shell the
/// script is read, and the command found that started this child.
/// `child`  the words of the child that it waits for; empty: none
/// Unset: it reads no script, or that cannot be read.
[[nodiscard]] std::optional<script_place> place_in_script(int shell,
                                                          const std::vector<std::string>& arguments,
                                                          const std::vector<std::string>& child);

/// One line as it may be shown, without what indents it.
[[nodiscard]] std::string line_text(const std::string& text, const lint::line_index& lines,
                                    std::uint32_t line);

}  // namespace lastcall::doctor
