// What all TLS connections of a load share: the authorities, the protocols that are
// offered, the name that the server is to prove.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "drill/load/load_plan.hpp"

namespace lastcall::drill {

/// The name in a Host field, without its port and brackets: "[::1]:8443" -> "::1".
[[nodiscard]] std::string host_without_port(std::string_view host);

class tls_context {
public:
    /// Errors: std::runtime_error when the authority's file can not be read, or a protocol's
    /// name is empty or longer than 255 bytes.
    tls_context(const load_target& target, std::span<const std::string> alpn);

    /// A client's session that has not begun its handshake.
    /// Errors: std::runtime_error when memory is short.
    [[nodiscard]] SSL* make_session() const;

private:
    struct free_context {
        void operator()(SSL_CTX* one) const noexcept { SSL_CTX_free(one); }
    };

    std::unique_ptr<SSL_CTX, free_context> context_;
    std::string name_;
    bool is_numeric_ = false;
    bool verifies_ = false;
};

}  // namespace lastcall::drill
