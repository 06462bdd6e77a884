// The new content of a file, whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "adapters/durable_file/sys_disk.hpp"

namespace lastcall::durable {

/// See durable_file::replace.
void replace(const std::string& path, std::string_view content, unsigned mode, disk& on);

}  // namespace lastcall::durable
