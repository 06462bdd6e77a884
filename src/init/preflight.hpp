// A look at the main program two seconds after its start: will it stop when it is told to?
#pragma once

#include <string_view>

#include "init/line_writer.hpp"

namespace lastcall::init {

struct preflight_request {
    int main_pid = 0;
    int stop_signal = 15;  ///< what it will be sent: after a rewrite, the new one
    std::string_view stop_signal_name = "SIGTERM";
};

/// Writes one warning with its fix, or nothing. To be called once.
/// Returns: whether it warned.
bool write_preflight(const preflight_request& request, const line_writer& writer) noexcept;

}  // namespace lastcall::init
