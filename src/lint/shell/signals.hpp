// The names of signals, as shells, service managers and image files write them.
#pragma once

#include <optional>
#include <string_view>

namespace lastcall::lint::shell {

/// Of `TERM`, `SIGTERM`, `term`, `15`: `TERM`. Numbers are those of Linux on x86 and ARM. `0` and
/// `EXIT` are `EXIT`; `ERR`, `DEBUG` and `RETURN` are those of bash. Real-time signals are `RTMIN`
/// and what is behind it as written.
/// Returns: nothing when it is no signal.
[[nodiscard]] std::optional<std::string_view> signal_name(std::string_view text);

/// Returns: 0 for what is no signal of the kernel.
[[nodiscard]] int signal_number(std::string_view name);

}  // namespace lastcall::lint::shell
