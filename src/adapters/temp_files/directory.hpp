// A held directory, and the rule which directories are nobody's.
//
// To make one: mkdir, then the lock file, then flock. To remove a leftover: flock its
// lock file, then the content, the lock file, the directory. Whoever makes one may be
// overtaken by one who removes between any two of these steps; he sees it, because the
// directory or the lock file has no name any more, and starts over under a new name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::temp {

inline constexpr const char* lock_name = ".lock";

/// Whether `entry` is "<name>.<pid>.<16 hexadecimal digits>".
bool is_instance_of(std::string_view name, std::string_view entry);

struct held_directory {
    std::string entry;  ///< its name in the parent
    sys::unique_fd fd;
    sys::unique_fd lock;  ///< held while open
};

/// Errors: std::system_error.
held_directory make_held(int parent, const std::string& name);

struct sweep_result {
    std::size_t removed = 0;
    std::size_t kept = 0;  ///< leftovers that could not be removed
    std::string why;       ///< of the last one kept
};

/// Removes the directories of crashed instances of `name`. Never throws for one of them.
/// Errors: std::system_error: the parent cannot be listed.
sweep_result sweep(int parent, std::string_view name);

}  // namespace lastcall::temp
