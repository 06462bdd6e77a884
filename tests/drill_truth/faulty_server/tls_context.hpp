// A TLS server with a certificate that it makes for itself.
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace faulty {

struct free_context {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using tls_context = std::unique_ptr<SSL_CTX, free_context>;

/// Offers h2 and http/1.1. Errors: std::runtime_error when OpenSSL refuses.
[[nodiscard]] tls_context make_tls_context();

}  // namespace faulty
