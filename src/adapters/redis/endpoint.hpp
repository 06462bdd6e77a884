// Where a Redis server listens, whom to trust there, and as whom to log in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lastcall::redis {

class tls_trust;

struct endpoint {
    std::string path;  ///< of a unix socket; empty: host and port
    std::string host;
    std::uint16_t port = 6379;
    std::string user;      ///< empty: the default user
    std::string password;  ///< empty: no login
    unsigned database = 0;
    std::shared_ptr<const tls_trust> tls;  ///< null: in plain text

    /// For messages: without user and password.
    [[nodiscard]] std::string display() const;
};

/// Reads redis://[[user]:password@]host[:port][/db], the same with rediss:// and an
/// optional ?ca=FILE, or unix:///path[?db=n]; and for rediss the certificates to trust.
///
/// Errors:   std::invalid_argument with the part that does not parse or the file that
///           cannot be used; the message never contains the password.
endpoint parse_endpoint(std::string_view url);

}  // namespace lastcall::redis
