// Where a listening socket that is kept for a service is: "tcp:127.0.0.1:8080",
// "tcp:[::]:8080", "tcp:*:8080" (all, both families where there are two), "unix:/run/web.sock".
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace lastcall::sys {

/// What is wrong with an address or a socket, for people; `error` is the errno.
class listener_error : public std::runtime_error {
public:
    listener_error(int number, const std::string& text)
        : std::runtime_error(text), error_(number) {}
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    int error_;
};

struct listener_address {
    bool is_unix = false;
    std::string path;  ///< of a unix socket; absolute
    sockaddr_storage storage{};
    socklen_t size = 0;

    /// Errors: listener_error (EINVAL, ENAMETOOLONG) with the text, and what to write.
    [[nodiscard]] static listener_address parse(std::string_view text);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;
    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] int family() const noexcept { return storage.ss_family; }
};

/// A unix address for `path`, which must fit. Returns: its size; 0: it does not fit.
socklen_t unix_address(const std::string& path, sockaddr_storage& into) noexcept;

/// " (pid 4711, nginx)" for whoever listens at a TCP address or a unix path already; empty
/// where nobody does or it is not known. Reads /proc.
[[nodiscard]] std::string who_listens(const listener_address& at);

}  // namespace lastcall::sys
