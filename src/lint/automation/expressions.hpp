// What is put into a script before any shell reads it: ${{ }} of GitHub, $[[ ]] of GitLab, {{ }} of
// Ansible.
#pragma once

#include <string_view>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

/// Each of them as a variable that nobody sets, at its place and of its size.
[[nodiscard]] mapped_text as_variables(const mapped_text& script);

/// Whether one of them is in it, so that its value is not known.
[[nodiscard]] bool has_expression(std::string_view text);

}  // namespace lastcall::lint
