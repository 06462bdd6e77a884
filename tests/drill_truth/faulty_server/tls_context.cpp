#include "tls_context.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>
#include <string>

namespace faulty {
namespace {

constexpr std::array<unsigned char, 12> protocols{2,   'h', '2', 8,   'h', 't',
                                                  't', 'p', '/', '1', '.', '1'};

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, protocols.data(), protocols.size(), offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

struct free_key {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct free_certificate {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

}  // namespace

tls_context make_tls_context() {
    const std::unique_ptr<EVP_PKEY, free_key> key(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, free_certificate> certificate(X509_new());
    tls_context made(SSL_CTX_new(TLS_server_method()));
    if (!key || !certificate || !made) {
        throw std::runtime_error("OpenSSL could not make a key");
    }
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24L * 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const std::string host = "localhost";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(host.data()),
                               static_cast<int>(host.size()), -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0 ||
        SSL_CTX_use_certificate(made.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(made.get(), key.get()) != 1) {
        throw std::runtime_error("OpenSSL could not make a certificate");
    }
    SSL_CTX_set_mode(made.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(made.get(), choose_protocol, nullptr);
    return made;
}

}  // namespace faulty
