// Whether this machine lets us intercept, found out by doing it once.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace lastcall::sys {

struct interception_trial {
    /// As whom the services will run; unset: as we do.
    std::optional<uid_t> user;
    std::optional<gid_t> group;
};

struct interception_report {
    /// Why it does not work, and what does; empty when it works.
    std::string why_not;
    /// What works less well than it could; empty when nothing does.
    std::string weakness;
    /// Programs get no_new_privs: setuid programs and file capabilities have no effect.
    bool takes_privileges_away = false;
};

/// Starts a child that binds, and gives it a socket as a service would get it.
/// Blocks: for some milliseconds, two seconds at most.
[[nodiscard]] interception_report why_no_interception(const interception_trial& trial = {});

}  // namespace lastcall::sys
