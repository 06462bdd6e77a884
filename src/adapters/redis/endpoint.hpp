// Where a Redis server listens, and as whom to log in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::redis {

struct endpoint {
    std::string path;  ///< of a unix socket; empty: host and port
    std::string host;
    std::uint16_t port = 6379;
    std::string user;      ///< empty: the default user
    std::string password;  ///< empty: no login
    unsigned database = 0;

    /// For messages: without user and password.
    [[nodiscard]] std::string display() const;
};

/// Reads redis://[[user]:password@]host[:port][/db] or unix:///path[?db=n].
///
/// Errors:   std::invalid_argument with the part that does not parse; the message
///           never contains the password.
endpoint parse_endpoint(std::string_view url);

}  // namespace lastcall::redis
