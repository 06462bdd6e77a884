// What a configuration is held against: users, files, programs of this machine. Tests put
// another one in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/account.hpp"

namespace lastcall::agent {

enum class path_kind : std::uint8_t { none, file, directory, socket, other };

class surroundings {
public:
    surroundings() = default;
    surroundings(const surroundings&) = delete;
    surroundings& operator=(const surroundings&) = delete;
    virtual ~surroundings() = default;

    [[nodiscard]] virtual std::optional<sys::account> user(const std::string& name) const = 0;
    [[nodiscard]] virtual std::optional<std::uint32_t> group(const std::string& name) const = 0;
    [[nodiscard]] virtual std::uint32_t own_user() const = 0;
    [[nodiscard]] virtual std::uint32_t own_group() const = 0;
    /// Links are followed.
    [[nodiscard]] virtual path_kind kind(const std::string& path) const = 0;
    [[nodiscard]] virtual bool may_run(const std::string& path) const = 0;
    /// Whether others than its owner may read it.
    [[nodiscard]] virtual bool is_open_to_others(const std::string& path) const = 0;
    /// A regular file. Unset: it could not be read, or is greater than `limit`; then `why`.
    [[nodiscard]] virtual std::optional<std::string> read(const std::string& path,
                                                          std::size_t limit,
                                                          std::string& why) const = 0;
    [[nodiscard]] virtual std::string path_variable() const = 0;  ///< PATH
    /// LASTCALL_GRACE: what the platform gives to a stop. Unset: it does not say.
    [[nodiscard]] virtual std::optional<std::string> grace_variable() const { return {}; }
    [[nodiscard]] virtual bool has_ipv6() const = 0;
    /// Ports below need a right. ip(7): ip_unprivileged_port_start
    [[nodiscard]] virtual std::uint16_t first_free_port() const = 0;
};

/// This machine.
[[nodiscard]] const surroundings& this_machine();

}  // namespace lastcall::agent
