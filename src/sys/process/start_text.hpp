// Why a program could not be started, in words, with what to do about it.
#pragma once

#include <string>

#include "sys/process/child_start.hpp"
#include "sys/process/started_process.hpp"

namespace lastcall::sys {

[[nodiscard]] std::string why_not_started(const start_failure& failure, const std::string& file,
                                          const start_request& request);

}  // namespace lastcall::sys
