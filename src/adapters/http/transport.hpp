// Bytes in and out of one connection, plain or TLS, never blocking: an operation says
// which readiness it needs before it can go on.
#pragma once

#include <string_view>

#include "adapters/http/tls.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::http {

struct io_result {
    /// `no_tls`: the client broke the protocol, and its socket is as good as before.
    enum class kind : unsigned char { done, wants_read, wants_write, end, no_tls, error };
    kind what;
    std::size_t bytes = 0;
};

class transport {
public:
    transport(int fd, ssl_session session) noexcept : fd_(fd), session_(std::move(session)) {}

    /// After `no_tls` it reads what comes as it is, to be thrown away.
    io_result read(char* into, std::size_t room) noexcept;
    io_result write(std::string_view head, std::string_view body) noexcept;

    /// Says goodbye: close_notify under TLS, then FIN.
    void shutdown() noexcept;

    [[nodiscard]] bool is_tls() const noexcept { return session_ != nullptr; }
    /// False while a TLS handshake is under way.
    [[nodiscard]] bool is_established() const noexcept {
        return session_ == nullptr || ::SSL_is_init_finished(session_.get()) == 1;
    }
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    io_result classify(int result) noexcept;

    int fd_;
    ssl_session session_;
    bool is_broken_ = false;  ///< the session can neither read nor write any more
};

}  // namespace lastcall::http
