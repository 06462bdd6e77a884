// Reads how the supervisors of a route stop their programs: from their configuration files, their
// environment, and what holds where those say nothing.
#pragma once

#include <vector>

#include "core/supervisor.hpp"
#include "doctor/look/seen_process.hpp"
#include "doctor/settings/supervised.hpp"
#include "doctor/settings/surroundings.hpp"

namespace lastcall::doctor {

/// A process with what is around it.
struct placed_process {
    const seen_process& process;
    const surroundings& around;
};

[[nodiscard]] supervised supervision_of(const core::supervisor& kind, const placed_process& above,
                                        const placed_process& program);

/// Of the supervisors on the route, and of one above it; from the outside.
[[nodiscard]] std::vector<supervised> supervisions_of(const std::vector<int>& route);

// One function for each kind: what it says over the default.
void read_supervisord(const placed_process& above, const placed_process& program, supervised& into);
void read_circus(const placed_process& above, const placed_process& program, supervised& into);
void read_pm2(const placed_process& above, const placed_process& program, supervised& into);
void read_s6(const placed_process& above, const placed_process& program, supervised& into);
void read_runsv(const placed_process& above, const placed_process& program, supervised& into);
void read_foreman(const placed_process& above, const placed_process& program, supervised& into);

/// Both names of a signal: "QUIT", "SIGQUIT", "3".
void take_signal(std::string_view text, const std::string& source, supervised& into);

}  // namespace lastcall::doctor
