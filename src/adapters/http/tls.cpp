#include "adapters/http/tls.hpp"

#include <openssl/err.h>

#include <array>
#include <stdexcept>

namespace lastcall::http {
namespace {

[[noreturn]] void fail(const std::string& what) {
    std::array<char, 256> reason{};
    ::ERR_error_string_n(::ERR_get_error(), reason.data(), reason.size());
    ::ERR_clear_error();
    throw std::runtime_error("TLS: " + what + ": " + reason.data());
}

}  // namespace

ssl_context make_ssl_context(const tls_options& options) {
    ssl_context context(::SSL_CTX_new(::TLS_server_method()));
    if (context == nullptr) {
        fail("cannot make a context");
    }
    // A key with a pass phrase is refused: OpenSSL would ask for it, and wait.
    ::SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return -1; });
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Idle connections hold no record buffers; a write may be continued from elsewhere.
    ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (::SSL_CTX_use_certificate_chain_file(context.get(),
                                             options.certificate_chain_file.c_str()) != 1) {
        fail("cannot use the certificate chain \"" + options.certificate_chain_file + "\"");
    }
    if (::SSL_CTX_use_PrivateKey_file(context.get(), options.private_key_file.c_str(),
                                      SSL_FILETYPE_PEM) != 1) {
        fail("cannot use the private key \"" + options.private_key_file + "\"");
    }
    if (::SSL_CTX_check_private_key(context.get()) != 1) {
        fail("the private key does not belong to the certificate");
    }
    return context;
}

ssl_session make_ssl_session(SSL_CTX& context, int fd) {
    ssl_session session(::SSL_new(&context));
    if (session == nullptr || ::SSL_set_fd(session.get(), fd) != 1) {
        fail("cannot make a session");
    }
    ::SSL_set_accept_state(session.get());
    return session;
}

}  // namespace lastcall::http
