// Bytes to and from an agent: over its unix socket, or over TLS. Every call has a limit in time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lastcall::agent {

class client_channel {
public:
    virtual ~client_channel() = default;
    client_channel() = default;
    client_channel(const client_channel&) = delete;
    client_channel& operator=(const client_channel&) = delete;

    /// Errors: boost::system::system_error.
    virtual void write(std::string_view text) = 0;
    /// Returns: bytes; 0 at the end. `limit` unset: waits for as long as it takes.
    /// Errors: boost::system::system_error; boost::beast::error::timeout among them.
    virtual std::size_t read(char* into, std::size_t room,
                             std::optional<std::chrono::milliseconds> limit) = 0;
    /// The socket, for getsockopt(2).
    [[nodiscard]] virtual int native_handle() = 0;
};

inline constexpr std::chrono::seconds connect_limit{10};
inline constexpr std::chrono::seconds write_limit{30};

/// Errors: boost::system::system_error: nobody is there, or may not be asked.
[[nodiscard]] std::unique_ptr<client_channel> connect_local(const std::string& path);

/// Verifies the certificate against `ca_file`, or against what the system trusts, and `host`.
/// Errors: boost::system::system_error.
[[nodiscard]] std::unique_ptr<client_channel> connect_tls(const std::string& host,
                                                          const std::string& port,
                                                          const std::string& ca_file);

}  // namespace lastcall::agent
