// Whether a descriptor is a terminal, and how wide it is.
#pragma once

namespace lastcall::sys {

[[nodiscard]] bool is_terminal(int fd) noexcept;

/// Columns of the terminal; 0 when `fd` is none, or does not tell. TIOCGWINSZ.
[[nodiscard]] int terminal_columns(int fd) noexcept;

}  // namespace lastcall::sys
