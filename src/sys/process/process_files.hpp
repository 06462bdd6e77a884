// Files as another process sees them: below its root, with the links in them resolved there.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lastcall::sys {

/// The working directory of a process, as a path below its own root; empty: not readable.
[[nodiscard]] std::string working_folder_of(int pid);

/// A regular file. What else is there (a fifo, a device) is not waited for, and a link can not
/// lead out of the root of the process.
/// `path`     absolute
/// `at_most`  bytes; a larger file is not read
/// Returns:   unset: there is none, or it may not be read
[[nodiscard]] std::optional<std::string> read_file_of(int pid, const std::string& path,
                                                      std::size_t at_most);

/// The names in a folder, sorted; empty: there is none, or it may not be read.
[[nodiscard]] std::vector<std::string> names_in_folder_of(int pid, const std::string& path);

}  // namespace lastcall::sys
