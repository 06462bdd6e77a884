// The environment of this process: environ(7).
#pragma once

#include <map>
#include <string>

namespace lastcall::sys {

/// Entries without "=" are left out; of a name that stands twice, the first counts, as for
/// getenv(3).
[[nodiscard]] std::map<std::string, std::string> own_environment();

}  // namespace lastcall::sys
