#include "drill/load/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <vector>

#include "drill/load/transport.hpp"

namespace lastcall::drill {
namespace {

std::string last_reason() {
    const char* const text = ERR_reason_error_string(ERR_peek_last_error());
    return text == nullptr ? "no reason given" : text;
}

bool is_numeric(const std::string& name) {
    ASN1_OCTET_STRING* const address = a2i_IPADDRESS(name.c_str());
    ASN1_OCTET_STRING_free(address);
    ERR_clear_error();
    return address != nullptr;
}

// RFC 7301, 3.1: each name behind its length.
std::vector<unsigned char> protocol_list(std::span<const std::string> names) {
    std::vector<unsigned char> list;
    for (const std::string& name : names) {
        if (name.empty() || name.size() > 255) {
            throw std::runtime_error("ALPN: \"" + name + "\" is no name of a protocol");
        }
        list.push_back(static_cast<unsigned char>(name.size()));
        list.insert(list.end(), name.begin(), name.end());
    }
    return list;
}

}  // namespace

std::string host_without_port(std::string_view host) {
    if (host.starts_with('[')) {
        return std::string(host.substr(1, host.find(']') - 1));
    }
    const auto colon = host.find(':');
    // More than one colon and no brackets: an address of IPv6 as it is.
    if (colon == std::string_view::npos || host.find(':', colon + 1) != std::string_view::npos) {
        return std::string(host);
    }
    return std::string(host.substr(0, colon));
}

tls_context::tls_context(const load_target& target, std::span<const std::string> alpn)
    : context_(SSL_CTX_new(TLS_client_method())),
      name_(host_without_port(target.host)),
      is_numeric_(drill::is_numeric(name_)),
      verifies_(target.verifies) {
    if (!context_) {
        throw std::runtime_error("TLS: no context: " + last_reason());
    }
    SSL_CTX* const context = context_.get();
    // Most connections of a load are idle: without its buffers a session is small.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // One recv(2) for a record instead of two, one for its head and one for the rest.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_verify(context, verifies_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    ERR_clear_error();
    if (verifies_ && target.authority.empty() && SSL_CTX_set_default_verify_paths(context) != 1) {
        throw std::runtime_error("TLS: the system's certificates: " + last_reason());
    }
    if (verifies_ && !target.authority.empty() &&
        SSL_CTX_load_verify_file(context, target.authority.c_str()) != 1) {
        throw std::runtime_error("TLS: " + target.authority +
                                 ": no certificates can be read from it: " + last_reason() +
                                 ". It has to be a PEM file with the authority's certificate");
    }
    const auto protocols = protocol_list(alpn);
    if (!protocols.empty()) {
        SSL_CTX_set_alpn_protos(context, protocols.data(), static_cast<unsigned>(protocols.size()));
    }
}

SSL* tls_context::make_session() const {
    SSL* const made = SSL_new(context_.get());
    if (made == nullptr) {
        throw std::runtime_error("TLS: no session: " + last_reason());
    }
    SSL_set_connect_state(made);
    // RFC 6066, 3: an address is no server name.
    if (!is_numeric_ && !name_.empty()) {
        SSL_set_tlsext_host_name(made, name_.c_str());
    }
    if (verifies_ && is_numeric_) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(made), name_.c_str());
    } else if (verifies_) {
        SSL_set1_host(made, name_.c_str());
    }
    return made;
}

std::shared_ptr<tls_context> make_tls_context(const load_target& target,
                                              std::span<const std::string> alpn) {
    return std::make_shared<tls_context>(target, alpn);
}

}  // namespace lastcall::drill
