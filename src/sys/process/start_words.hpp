// The words that a program is started with, as execve(2) takes them.
#pragma once

#include <string>
#include <vector>

namespace lastcall::sys {

/// With the null at the end. Lifetime: that of `texts`.
[[nodiscard]] std::vector<char*> pointers(const std::vector<std::string>& texts);

/// `first`, then `added`, then what is ours and not named before.
[[nodiscard]] std::vector<std::string> environment_of(const std::string& first,
                                                      const std::vector<std::string>& added);

}  // namespace lastcall::sys
