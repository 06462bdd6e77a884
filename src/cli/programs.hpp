// Where the other programs of lastcall are.
#pragma once

#include <string>

namespace lastcall::cli {

/// The running program itself.
[[nodiscard]] std::string own_program();

/// `name` beside the running program, else in PATH. Errors: problem: it is in neither.
[[nodiscard]] std::string sibling_program(const std::string& name);

}  // namespace lastcall::cli
