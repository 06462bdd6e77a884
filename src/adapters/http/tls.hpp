// The TLS settings of a server, shared by its connections.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include <lastcall/http.hpp>

namespace lastcall::http {

struct ssl_free {
    void operator()(SSL_CTX* c) const noexcept { ::SSL_CTX_free(c); }
    void operator()(SSL* s) const noexcept { ::SSL_free(s); }
};
using ssl_context = std::unique_ptr<SSL_CTX, ssl_free>;
using ssl_session = std::unique_ptr<SSL, ssl_free>;

/// TLS 1.2 and up. Errors: std::runtime_error naming the file, with OpenSSL's reason.
ssl_context make_ssl_context(const tls_options& options);

/// The server's side of a session on a socket.
ssl_session make_ssl_session(SSL_CTX& context, int fd);

}  // namespace lastcall::http
