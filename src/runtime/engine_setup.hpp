// What the engine is told at the start, and shares with the lifecycle.
#pragma once

#include <string>
#include <vector>

#include <lastcall/lifecycle.hpp>

#include "core/grace.hpp"
#include "core/stop_machine.hpp"

namespace lastcall::runtime {

struct engine_setup {
    lifecycle_options options;
    core::grace grace;
    core::stop_settings stop;
    std::vector<std::string> degraded;
};

}  // namespace lastcall::runtime
