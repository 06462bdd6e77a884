// What the chain across files wants to know of a script: what it builds, starts and stops.
#pragma once

#include <filesystem>

#include "lint/chain/digest_store.hpp"
#include "lint/shell/execution.hpp"

namespace lastcall::lint {

/// `docker build -t`, `docker run --name`, `docker stop --time`, and how long `kubectl` leaves pods
/// that it deletes or drains.
void digest_commands(const shell::script& script, const shell::execution& run,
                     const std::filesystem::path& path, const std::string& shown,
                     std::string_view text, digest_store& into);

}  // namespace lastcall::lint
