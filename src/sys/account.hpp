// Users and groups of this machine: passwd(5), group(5), and what nsswitch.conf(5) adds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lastcall::sys {

struct account {
    std::string name;  ///< empty: a number that nobody has a name for
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string home;
};

/// By name, or by number where it is one. A number without an entry is a user all the same:
/// containers have those; its group has the same number. getpwnam(3)
[[nodiscard]] std::optional<account> find_user(const std::string& name_or_number);

/// By name, or by number. getgrnam(3)
[[nodiscard]] std::optional<std::uint32_t> find_group(const std::string& name_or_number);

/// All groups of a user, `gid` among them. getgrouplist(3)
[[nodiscard]] std::vector<std::uint32_t> groups_of(const account& who);

/// Whose rights this process has. geteuid(2), getegid(2)
[[nodiscard]] std::uint32_t effective_user() noexcept;
[[nodiscard]] std::uint32_t effective_group() noexcept;

}  // namespace lastcall::sys
