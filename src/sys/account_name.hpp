// Names of users: getpwuid_r(3).
#pragma once

#include <cstdint>
#include <string>

namespace lastcall::sys {

/// The name of a user; the number as text where there is none. May wait for a directory
/// service that nsswitch.conf(5) names: not for event loops.
[[nodiscard]] std::string account_name(std::uint32_t uid);

/// The user that this process acts as. geteuid(2).
[[nodiscard]] std::uint32_t own_uid() noexcept;

}  // namespace lastcall::sys
