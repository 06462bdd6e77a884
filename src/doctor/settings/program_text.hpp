// What the text of a program says that its process does not show: scripts only.
#pragma once

#include <optional>
#include <string>

#include "doctor/look/seen_process.hpp"
#include "doctor/settings/surroundings.hpp"

namespace lastcall::doctor {

/// The process runs a program of Node.js that names the signal: runtimes have handlers of their
/// own, so only the text tells whether the program has one.
[[nodiscard]] bool text_names_signal(const seen_process& one, const surroundings& around,
                                     const std::string& signal);

/// How long the stop may wait for a connection on which nothing happens:
/// `server.keepAliveTimeout = 65_000`. Unset: the file that was started does not say it, or has
/// something that may close such connections.
[[nodiscard]] std::optional<idle_limit> idle_limit_in_text(const seen_process& one,
                                                           const surroundings& around);

}  // namespace lastcall::doctor
