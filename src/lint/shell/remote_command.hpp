// What `ssh` runs at the other end: https://man.openbsd.org/ssh
#pragma once

#include <cstddef>
#include <vector>

#include "lint/shell/invocation.hpp"

namespace lastcall::lint::shell {

/// The first word of the command behind the destination. Returns: invocation::none where there is
/// none, so that a shell reads what comes to ssh.
/// `ssh`  the index of the word that names it
[[nodiscard]] std::size_t remote_command_of(const std::vector<argument>& arguments,
                                            std::size_t ssh);

/// `bash -s`, as words or as one: it reads what comes to ssh.
[[nodiscard]] bool is_lone_shell(const std::vector<argument>& arguments, std::size_t begin);

}  // namespace lastcall::lint::shell
