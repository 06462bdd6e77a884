// The accounting, for people and for programs.
#pragma once

#include <string>

#include "checks.hpp"
#include "screen.hpp"

namespace stop_demo {

/// Ends with one line that starts with "PASS:", "LOST:" or "INCONCLUSIVE:".
void print_report(screen& out, const run_result& seen, const verdict& judged);

/// Format "lastcall-stop-demo/1".
[[nodiscard]] std::string json_report(const run_result& seen, const verdict& judged);

}  // namespace stop_demo
