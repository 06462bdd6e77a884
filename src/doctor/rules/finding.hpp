// What a rule found: on whom, how sure it is, by what evidence, and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/stop_cause.hpp"

namespace lastcall::doctor {

/// A raw field, decoded: {"SigIgn of pid 12", "SIGHUP SIGTERM"}.
struct evidence {
    std::string field;
    std::string value;
};

/// What a finding is to the stop; the first is told first.
enum class weight : std::uint8_t {
    blocks,   ///< the stop does not happen, or not in time
    loses,    ///< it happens, and something is lost by it
    remains,  ///< something is left behind by it
};

struct finding {
    std::string_view rule;  ///< "L14"
    int pid = 0;            ///< 0: none in particular
    int thread = 0;         ///< whose stack tells more; 0: none in particular
    weight how = weight::blocks;
    core::confidence sure = core::confidence::likely;
    std::string what;
    std::string fix;
    std::vector<evidence> by;
};

using findings = std::vector<finding>;

}  // namespace lastcall::doctor
