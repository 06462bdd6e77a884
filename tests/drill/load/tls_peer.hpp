// The other end of a connection, for tests: a listener with a thread that does with each
// connection what the test says. With TLS it has a certificate of its own, made here.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "drill/load/load_plan.hpp"
#include "drill/load/transport.hpp"
#include "sys/fd.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// Valid for "localhost", 127.0.0.1 and ::1.
class test_certificate {
public:
    test_certificate();
    [[nodiscard]] X509* certificate() const { return certificate_.get(); }
    [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
    [[nodiscard]] std::string pem() const;

private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

class peer {
public:
    /// `fd` blocks; it is closed after the call unless the script has released it.
    using script = std::function<void(sys::unique_fd& fd)>;
    /// Accepts one connection after the other, until the peer ends.
    explicit peer(script with_each, int family = AF_INET);
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    ~peer();

    [[nodiscard]] const sys::endpoint& at() const { return at_; }
    [[nodiscard]] load_target target(std::string host = "localhost") const;
    void stop_listening();

private:
    sys::unique_fd listener_;
    sys::endpoint at_;
    std::thread thread_;
};

/// What a TLS peer offers and requires.
struct tls_settings {
    std::string alpn;  ///< the only one it takes; empty: none
    int version = 0;   ///< the only one it takes; 0: any
};

/// A script that makes the handshake and goes on with `with_each`; `saw_name` gets the
/// server name that the client sent.
[[nodiscard]] peer::script over_tls(const test_certificate& certificate,
                                    std::function<void(SSL*, sys::unique_fd&)> with_each,
                                    tls_settings settings = {},
                                    std::function<void(std::string)> saw_name = {});

/// Repeats `call` until it gives something else than would_block, waiting for the socket in
/// between; `timeout` of five seconds fails the test.
sys::io_result persist(transport& one, const std::function<sys::io_result()>& call);

/// Connects and shakes hands.
void establish(transport& one, const load_target& to, std::shared_ptr<tls_context> tls = nullptr);

/// Sends all of it.
sys::io_result send_all(transport& one, std::string_view bytes);

/// Waits until `what` is true, looking at it again and again; false after five seconds.
[[nodiscard]] bool comes_true(const std::function<bool()>& what);

}  // namespace lastcall::drill
