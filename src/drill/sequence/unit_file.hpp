// How a systemd unit says that its service is stopped.
#pragma once

#include <filesystem>

#include "drill/sequence/sequence.hpp"

namespace lastcall::drill {

/// Reads ExecStop, ExecStopPost, KillMode, KillSignal, TimeoutStopSec (and TimeoutSec),
/// SendSIGKILL, SendSIGHUP and FinalKillSignal of the section [Service]; everything else is
/// passed over, drop-ins too. What the file does not set is systemd's default: 90 s, SIGTERM,
/// control-group. No limit is nanoseconds::max().
/// Errors: std::runtime_error, "web.service:7: KillMode=mixd: ..." .
[[nodiscard]] sequence_plan read_unit(const std::filesystem::path& file);

}  // namespace lastcall::drill
