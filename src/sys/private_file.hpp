// Files that hold what only their owner may read.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::sys {

/// Replaces a file by one with mode 0600, by way of a new one beside it: at no moment is there
/// a part of it, or a wider mode. It is synced. Errors: std::system_error with the path; the old
/// file is there then.
void replace_private_file(const std::string& path, std::string_view contents);

}  // namespace lastcall::sys
