// Unix sockets that a command line names, and nobody is bound to.
#pragma once

#include <string>
#include <vector>

namespace lastcall::doctor {

/// Paths in these arguments at which a socket's file is, as the process sees them, and no socket.
[[nodiscard]] std::vector<std::string> stale_sockets_of(int pid,
                                                        const std::vector<std::string>& arguments);

/// "/run/app.sock" of "--bind=unix:/run/app.sock", "unix:///run/app.sock" and the like. Empty:
/// none.
[[nodiscard]] std::string path_in_argument(std::string_view argument);

}  // namespace lastcall::doctor
