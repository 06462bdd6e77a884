// Problems for people: the line of the file with what is wrong marked in it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/config/problem.hpp"

namespace lastcall::agent {

/// lastcall.yaml:7: services.web.stop.grace: "30" has no unit; write 30s
///   7 |       grace: 30
///     |              ^^
/// `file_text`  of `file`; a problem of another file has no excerpt
[[nodiscard]] std::string explain(const problem& one, std::string_view file,
                                  std::string_view file_text, bool colour);

/// "3 errors, 1 warning"; empty for none.
[[nodiscard]] std::string count_text(std::span<const problem> problems);

}  // namespace lastcall::agent
