// What the chain across files wants to know of a script: what it builds, starts and stops.
#pragma once

#include <filesystem>

#include "lint/chain/digest_store.hpp"
#include "lint/rules/shell/script_faults.hpp"

namespace lastcall::lint {

/// The file that a script is, or stands in. Lifetime: the call's.
struct script_origin {
    const std::filesystem::path& path;
    const std::string& shown;  ///< as it is told
    std::string_view text;
};

/// `docker build -t`, `docker run --name`, `docker stop --time`, and how long `kubectl` leaves pods
/// that it deletes or drains.
void digest_commands(const script_case& given, const script_origin& from, digest_store& into);

}  // namespace lastcall::lint
