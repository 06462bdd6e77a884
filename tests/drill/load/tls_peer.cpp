#include "drill/load/tls_peer.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <chrono>

#include "drill/record/exchange.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::seconds ceiling{5};

sys::endpoint loopback(int family, std::uint16_t port) {
    const std::string host = family == AF_INET6 ? "[::1]:" : "127.0.0.1:";
    return *sys::endpoint::parse(host + std::to_string(port));
}

void add_extension(X509* certificate, int kind, const char* value) {
    X509_EXTENSION* const one = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate, one, -1);
    X509_EXTENSION_free(one);
}

int choose_protocol(SSL* /*tls*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* wanted) {
    const auto& name = *static_cast<const std::string*>(wanted);
    for (unsigned i = 0; i < offered_size; i += 1U + offered[i]) {
        if (std::string_view(reinterpret_cast<const char*>(offered) + i + 1, offered[i]) == name) {
            *chosen = offered + i + 1;
            *size = offered[i];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

test_certificate::test_certificate()
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    X509* const made = certificate_.get();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key_.get());
    X509_NAME* const name = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(made, name);
    add_extension(made, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(made, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    X509_sign(made, key_.get(), EVP_sha256());
}

std::string test_certificate::pem() const {
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate_.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory, &text);
    std::string made(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return made;
}

peer::peer(script with_each, int family)
    : listener_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)), at_(loopback(family, 0)) {
    EXPECT_EQ(::bind(listener_.get(), at_.address(), at_.size()), 0);
    EXPECT_EQ(::listen(listener_.get(), 64), 0);
    at_ = loopback(family, sys::local_port(listener_.get()));
    thread_ = std::thread([this, with_each = std::move(with_each)] {
        // OpenSSL's own socket calls raise it. Blocked here only: the clients must not need it.
        sigset_t pipe{};
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        for (;;) {
            sys::unique_fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!fd) {
                return;
            }
            // What was written before a reset is on its way.
            const int on = 1;
            ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            with_each(fd);
        }
    });
}

peer::~peer() {
    stop_listening();
    thread_.join();
}

void peer::stop_listening() {
    // Wakes accept(2), which close(2) would not.
    ::shutdown(listener_.get(), SHUT_RDWR);
}

load_target peer::target(std::string host) const {
    load_target made{at_, std::move(host), false, false, {}};
    return made;
}

peer::script over_tls(const test_certificate& certificate,
                      std::function<void(SSL*, sys::unique_fd&)> with_each, tls_settings settings,
                      std::function<void(std::string)> saw_name) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), certificate.certificate());
    SSL_CTX_use_PrivateKey(context.get(), certificate.key());
    if (settings.version != 0) {
        SSL_CTX_set_min_proto_version(context.get(), settings.version);
        SSL_CTX_set_max_proto_version(context.get(), settings.version);
    }
    const auto alpn = std::make_shared<std::string>(settings.alpn);
    if (!alpn->empty()) {
        SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, alpn.get());
    }
    return [context, alpn, with_each = std::move(with_each),
            saw_name = std::move(saw_name)](sys::unique_fd& fd) {
        const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
        SSL_set_fd(tls.get(), fd.get());
        if (SSL_accept(tls.get()) != 1) {
            return;
        }
        if (saw_name) {
            const char* const name = SSL_get_servername(tls.get(), TLSEXT_NAMETYPE_host_name);
            saw_name(name == nullptr ? "" : name);
        }
        with_each(tls.get(), fd);
    };
}

sys::io_result persist(transport& one, const std::function<sys::io_result()>& call) {
    const auto until = clock::now() + ceiling;
    for (;;) {
        const auto result = call();
        if (result.status != sys::io_status::would_block) {
            return result;
        }
        if (clock::now() > until) {
            ADD_FAILURE() << "nothing happened for five seconds";
            return result;
        }
        const bool to_write = one.wants_to_write();
        pollfd waits{one.fd(), static_cast<short>(to_write ? POLLIN | POLLOUT : POLLIN), 0};
        ::poll(&waits, 1, 100);
    }
}

void establish(transport& one, const load_target& to, std::shared_ptr<tls_context> tls) {
    auto result = one.begin_connect(to, std::move(tls));
    if (result.status == sys::io_status::would_block) {
        pollfd waits{one.fd(), POLLOUT, 0};
        ::poll(&waits, 1, 5000);
        result = one.connect_result();
    }
    ASSERT_EQ(result.status, sys::io_status::done) << result.error;
    result = persist(one, [&] { return one.handshake(); });
    ASSERT_EQ(result.status, sys::io_status::done) << one.tls_problem();
}

sys::io_result send_all(transport& one, std::string_view bytes) {
    const auto until = clock::now() + ceiling;
    while (!bytes.empty() || one.wants_to_write()) {
        const auto result = bytes.empty() ? one.flush() : one.send(bytes);
        if (result.status == sys::io_status::done) {
            bytes.remove_prefix(result.size);
        } else if (result.status != sys::io_status::would_block) {
            return result;
        }
        if (clock::now() > until) {
            ADD_FAILURE() << "not sent within five seconds";
            return result;
        }
        pollfd waits{one.fd(), POLLOUT, 0};
        ::poll(&waits, 1, 100);
    }
    return {};
}

bool comes_true(const std::function<bool()>& what) {
    const auto until = clock::now() + ceiling;
    while (!what()) {
        if (clock::now() > until) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

}  // namespace lastcall::drill
