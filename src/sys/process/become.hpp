// This process becomes another program, or starts one that goes on by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lastcall::sys {

/// execv(2): argv[0] is the file. The descriptor `keeps` stays open in it.
/// Returns: errno; on success it does not.
int become(const std::vector<std::string>& argv, int keeps) noexcept;

struct detached {
    int pid = 0;
    int error = 0;  ///< errno of fork(2) or execv(2); then nothing runs
};

/// Starts argv[0] in a session of its own, with nothing to read and `output` to write to. It
/// is our child until we end.
detached start_detached(const std::vector<std::string>& argv, int keeps, int output) noexcept;

/// Whether a child of ours has ended; it is reaped then. Unset: it runs.
/// Returns: its exit status, or 128 and the signal.
std::optional<int> ended_child(int pid) noexcept;

}  // namespace lastcall::sys
