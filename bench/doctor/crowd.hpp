// A host that is full: processes that do nothing, and connections among themselves.
#pragma once

#include <vector>

#include "helper.hpp"

namespace doctor_bench {

/// Errors: std::runtime_error: a limit is in the way.
[[nodiscard]] std::vector<helper> make_crowd(int processes, int sockets);

}  // namespace doctor_bench
