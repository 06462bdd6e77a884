// One TCP connection, plain or with TLS, as calls that never block: each tells what the
// peer did as a value. Counts the bytes that went into the socket, so that the kernel's
// count of what was acknowledged says whether the server took a request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "drill/load/load_plan.hpp"
#include "sys/fd.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

class tls_context;  // settings that all TLS connections of a load share
class tls_session;

/// Errors: std::runtime_error when the authority's file can not be read.
/// `alpn`  protocols that are offered, "http/1.1", "h2"
[[nodiscard]] std::shared_ptr<tls_context> make_tls_context(const load_target& target,
                                                            std::span<const std::string> alpn);

class transport {
public:
    transport();
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;
    ~transport();

    /// `tls`             null: plain
    /// `receive_buffer`  SO_RCVBUF in bytes; 0: the kernel's default
    sys::io_result begin_connect(const load_target& to, std::shared_ptr<tls_context> tls,
                                 int receive_buffer = 0);
    sys::io_result connect_result();

    /// TLS: goes on with the handshake: to be called when the connection is made, and then
    /// when it is readable (or writable while wants_to_write()). `done` when it is complete
    /// (plain: at once), `failed` with a tls_problem(), `end` or `reset` by the peer.
    sys::io_result handshake();

    /// `done`: `size` of the bytes are taken, at least one. `would_block`: none is.
    /// TLS: what was taken may still be inside while wants_to_write(); the next call, or
    /// flush(), gives it to the kernel.
    sys::io_result send(std::string_view bytes);
    sys::io_result flush();
    [[nodiscard]] bool wants_to_write() const noexcept;

    /// `end` is the peer's FIN, or its close_notify: had_close_notify() tells which.
    /// `failed` with a tls_problem() is an alert, or bytes that are no TLS.
    /// To be called until it is not `done`: TLS holds bytes that the poller does not see.
    sys::io_result receive(std::span<char> into);

    /// What waits, without taking it: `would_block` is a connection that can be used.
    /// TLS: after `done` the poller may not tell of these bytes any more.
    [[nodiscard]] sys::io_result look();

    /// TLS: bytes were taken from the kernel that receive() has not given out yet.
    [[nodiscard]] bool holds_bytes() const noexcept;

    /// The protocol that ALPN chose; empty when none.
    [[nodiscard]] std::string_view protocol() const noexcept;
    [[nodiscard]] bool had_close_notify() const noexcept;

    /// TLS: why it failed, in words of the library; empty: it did not.
    [[nodiscard]] std::string tls_problem() const;

    /// Bytes that went into the socket, records and handshake included.
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return sent_; }

    /// Bytes that the peer's kernel has acknowledged: TCP_INFO, also after a FIN or RST.
    /// Unset when the kernel does not tell.
    [[nodiscard]] std::optional<std::uint64_t> bytes_acknowledged() const noexcept;

    /// Our port; 0 when there is none.
    [[nodiscard]] std::uint16_t local_port() const noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(fd_); }

    /// Closes: TLS sends its close_notify first.
    void close() noexcept;

private:
    sys::io_result note(sys::io_result result) noexcept;
    [[nodiscard]] sys::io_result correct(sys::io_result result) const noexcept;

    sys::unique_fd fd_;
    std::unique_ptr<tls_session> tls_;
    std::uint64_t sent_ = 0;
    /// The kernel tells of a reset once, as a rule to whoever sends; a reader then gets the
    /// same answer as for a FIN.
    bool was_reset_ = false;
};

}  // namespace lastcall::drill
