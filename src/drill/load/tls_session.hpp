// TLS of one connection, over a socket that it does not own. OpenSSL writes into a BIO of
// ours that never fails: what the kernel does not take waits here, so that every call tells
// exactly how many bytes were taken, and a failed write does not keep what had arrived from
// being read.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "drill/load/tls_context.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

class tls_session {
public:
    /// `fd`    a connected socket; not owned
    /// `sent`  grows by every byte that the kernel takes
    /// Errors: std::runtime_error.
    tls_session(std::shared_ptr<tls_context> shared, int fd, std::uint64_t& sent);
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;

    // As those of transport.
    sys::io_result handshake();
    sys::io_result send(std::string_view bytes);
    sys::io_result flush();
    sys::io_result receive(std::span<char> into);
    sys::io_result look();
    [[nodiscard]] bool holds_bytes() const noexcept;
    [[nodiscard]] bool wants_to_write() const noexcept { return wire_.waits(); }
    [[nodiscard]] bool had_close_notify() const noexcept { return had_close_notify_; }
    [[nodiscard]] std::string_view protocol() const noexcept;
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

    /// Sends close_notify, as far as the kernel takes it now.
    void say_goodbye() noexcept;

    /// The socket as OpenSSL sees it. Public for the BIO's functions only.
    struct wire {
        wire(int socket, std::uint64_t& count) : fd(socket), sent(count) {}

        void put(std::string_view bytes);
        sys::io_result flush();
        [[nodiscard]] bool waits() const noexcept { return at < waiting.size(); }

        int fd;
        std::uint64_t& sent;
        std::string waiting;
        std::size_t at = 0;           // of waiting: before it, the kernel has it
        sys::io_result last_read{};   // of the kernel
        sys::io_result last_write{};  // not `done`: nothing can be sent any more
    };

private:
    struct free_session {
        void operator()(SSL* one) const noexcept { SSL_free(one); }
    };

    sys::io_result judge(int returned);

    std::shared_ptr<tls_context> shared_;
    wire wire_;
    std::unique_ptr<SSL, free_session> ssl_;
    std::string problem_;
    bool had_close_notify_ = false;
};

}  // namespace lastcall::drill
