#include "adapters_http/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace lastcall::testing {
namespace {

struct release {
    void operator()(EVP_PKEY* k) const noexcept { ::EVP_PKEY_free(k); }
    void operator()(X509* c) const noexcept { ::X509_free(c); }
    void operator()(X509_EXTENSION* e) const noexcept { ::X509_EXTENSION_free(e); }
    void operator()(FILE* f) const noexcept { static_cast<void>(std::fclose(f)); }
};

template <class Held>
using owned = std::unique_ptr<Held, release>;

void must(bool holds, const char* what) {
    if (!holds) {
        throw std::runtime_error(std::string("cannot make a certificate: ") + what);
    }
}

owned<FILE> open(const std::string& path) {
    owned<FILE> file(std::fopen(path.c_str(), "w"));
    must(file != nullptr, path.c_str());
    return file;
}

}  // namespace

certificate_files make_certificate(const std::string& folder) {
    const owned<EVP_PKEY> key(::EVP_EC_gen("P-256"));
    const owned<X509> made(::X509_new());
    must(key != nullptr && made != nullptr, "key");
    ::X509_set_version(made.get(), X509_VERSION_3);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), 1);
    ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), -3600);
    ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), 24 * 3600);
    ::X509_set_pubkey(made.get(), key.get());
    X509_NAME* name = ::X509_get_subject_name(made.get());
    ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    ::X509_set_issuer_name(made.get(), name);
    const owned<X509_EXTENSION> names(
        ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"));
    must(names != nullptr && ::X509_add_ext(made.get(), names.get(), -1) == 1, "extension");
    must(::X509_sign(made.get(), key.get(), ::EVP_sha256()) > 0, "signature");

    const certificate_files files{folder + "/cert", folder + "/key", folder + "/locked"};
    must(::PEM_write_X509(open(files.certificate).get(), made.get()) == 1, "cert");
    must(::PEM_write_PrivateKey(open(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr,
                                nullptr) == 1,
         "key file");
    must(::PEM_write_PKCS8PrivateKey(open(files.locked_key).get(), key.get(), ::EVP_aes_128_cbc(),
                                     "secret", 6, nullptr, nullptr) == 1,
         "locked key file");
    return files;
}

}  // namespace lastcall::testing
