// TLS over a socket of this adapter: OpenSSL encrypts and checks, in memory; the socket
// stays ours, with its deadlines and its cut.
//
// hiredis has TLS of its own from 1.0 on, but on its own socket code (see sys_socket.hpp).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis/sys_socket.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace lastcall::redis {

/// Whom to trust. Threads: any, once it is made.
class tls_trust {
public:
    /// `ca_file`  PEM certificates; empty: the system's.
    /// Errors:    std::invalid_argument with the file and OpenSSL's reason.
    explicit tls_trust(const std::string& ca_file);

    [[nodiscard]] ssl_ctx_st* context() const noexcept { return context_.get(); }

private:
    std::shared_ptr<ssl_ctx_st> context_;
};

/// The client's side of one TLS connection, on a connected non-blocking socket.
///
/// Every call moves what the other side needs, too; limits and results as in sys_socket.hpp.
class tls_session {
public:
    /// `host`   a name or an address, which the certificate must be for.
    /// Errors:  std::bad_alloc.
    tls_session(const tls_trust& trust, const std::string& host, int fd);

    /// Agrees on keys and checks the certificate.
    io shake_hands(time_point until, int cut_fd);

    io send_all(std::string_view bytes, time_point until, int cut_fd);
    io receive(std::span<char> into, std::size_t& received, time_point until, int cut_fd);

    /// Why the last call was `failed`; empty: errno says it.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }

private:
    struct deleter {
        void operator()(ssl_st* session) const noexcept;
    };

    template <class Step>
    io drive(const Step& step, time_point until, int cut_fd);
    io flush(time_point until, int cut_fd);
    void explain();

    std::unique_ptr<ssl_st, deleter> session_;
    int fd_;
    std::string error_;
};

}  // namespace lastcall::redis
