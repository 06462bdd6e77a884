// Paths of unix sockets: which files are sockets, and whether anybody is bound to one.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::sys {

/// A file of this type, whoever may have made it.
[[nodiscard]] bool is_socket_file(const std::string& path) noexcept;

/// Whether a socket is bound to a path that ends with this file name, in any network namespace
/// that a process is in: a path may be shared between containers, and be another one in each.
/// Returns: also true when one of them may not be looked at.
[[nodiscard]] bool may_be_bound(std::string_view file_name);

}  // namespace lastcall::sys
