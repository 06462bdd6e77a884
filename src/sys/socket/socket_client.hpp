// TCP from the client's side. Each call tells what the kernel saw as a value that can be
// branched on: a refusal, a FIN and a reset are three different answers, never one errno.
// Nothing here blocks, retries or hides a failure.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// An address and a port, in numbers: names are never looked up. Or a unix socket.
class endpoint {
public:
    /// "127.0.0.1:8080" or "[::1]:8080".
    /// Returns: nothing when `text` is not of that form.
    static std::optional<endpoint> parse(std::string_view text);

    /// 127.0.0.1 with `port`.
    static endpoint loopback(std::uint16_t port);

    /// A socket in the file system. Returns: nothing when `path` is empty or too long (unix(7)).
    static std::optional<endpoint> unix_socket(std::string_view path);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::uint16_t port() const noexcept;  ///< 0 of a unix socket
    [[nodiscard]] const sockaddr* address() const noexcept;
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }

private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

enum class io_status : std::uint8_t {
    done,         ///< it happened; `size` bytes of it
    would_block,  ///< nothing yet; wait for the poller
    end,          ///< the peer's FIN
    reset,        ///< the peer's RST (ECONNRESET, EPIPE)
    refused,      ///< ECONNREFUSED
    failed,  ///< anything else: `error` says what; as a rule our own fault (EMFILE, EADDRNOTAVAIL)
};

struct io_result {
    io_status status = io_status::done;
    std::size_t size = 0;
    int error = 0;  ///< errno; 0 unless reset, refused or failed
};

/// Makes a non-blocking, close-on-exec socket with TCP_NODELAY in `into` and begins to
/// connect it. `would_block` means that connect_result() will know.
/// `receive_buffer`  SO_RCVBUF in bytes, set before the handshake announces a window; 0: the
///                   kernel's own choice
io_result begin_connect(unique_fd& into, const endpoint& to, int receive_buffer = 0) noexcept;

/// How a connect that was begun ended; call it once the socket is writable.
io_result connect_result(int fd) noexcept;

/// Sends what the kernel takes. SIGPIPE is never raised.
io_result send_some(int fd, std::string_view bytes) noexcept;

/// Receives what is there. Bytes that arrived before a reset are given first.
io_result receive_some(int fd, std::span<char> into) noexcept;

/// Looks at what waits, and takes nothing: `would_block` is a connection that can be used,
/// `done` means that bytes wait.
io_result peek(int fd) noexcept;

/// How many bytes of a connection that was made by begin_connect() the peer's kernel has
/// acknowledged; it can be asked after a FIN and after a reset as well. A reset's own
/// acknowledgement is not in it. tcp(7), TCP_INFO. Unset when the kernel does not tell.
std::optional<std::uint64_t> bytes_acknowledged(int fd) noexcept;

/// A loopback port that nobody has bound, from below the range of ephemeral ports, so
/// that no connection takes it before its new owner does.
/// Errors: std::system_error when none of 200 tries was free.
std::uint16_t free_port();

/// Whether somebody listens there. Makes one connection if so. Blocks: loopback only, so
/// for a handshake.
bool somebody_listens(const endpoint& at) noexcept;

}  // namespace lastcall::sys
