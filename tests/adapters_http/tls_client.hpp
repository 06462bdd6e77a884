// A client that speaks TLS over the raw one, so that it can tell how a connection ended.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "adapters_http/child.hpp"

namespace lastcall::testing {

class tls_client {
public:
    /// Connects and trusts `certificate`, a PEM file, for "localhost" and nothing else.
    tls_client(int port, const std::string& certificate)
        : raw(port), context_(::SSL_CTX_new(::TLS_client_method())) {
        ::SSL_CTX_load_verify_locations(context_.get(), certificate.c_str(), nullptr);
        ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
        session_.reset(::SSL_new(context_.get()));
        ::SSL_set_bio(session_.get(), ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
        ::SSL_set1_host(session_.get(), "localhost");
        ::SSL_set_connect_state(session_.get());
    }

    bool handshake() {
        return go_on([this] { return ::SSL_do_handshake(session_.get()); }) == 1;
    }

    /// One record, or more if `text` is long. Makes the handshake first if need be.
    bool send(std::string_view text) {
        return go_on([&] {
                   return ::SSL_write(session_.get(), text.data(), static_cast<int>(text.size()));
               }) == static_cast<int>(text.size());
    }

    /// Reads until `what` has come `times` times. False: any end, or the ceiling.
    bool until(std::string_view what, int times = 1) {
        while (count(what) < times) {
            if (!read_some()) {
                return false;
            }
        }
        return true;
    }

    /// Reads to the end. True: close_notify and then FIN; everything else might have been
    /// cut by somebody on the way.
    bool to_end() {
        while (read_some()) {
        }
        return said_goodbye() && raw.to_end();
    }

    void say_goodbye() {
        go_on([this] { return ::SSL_shutdown(session_.get()) < 0 ? -1 : 1; });
    }

    [[nodiscard]] bool said_goodbye() const {
        return (static_cast<unsigned>(::SSL_get_shutdown(session_.get())) &
                static_cast<unsigned>(SSL_RECEIVED_SHUTDOWN)) != 0;
    }

    [[nodiscard]] int count(std::string_view what) const { return times_in(in, what); }

    client raw;
    std::string in;

private:
    struct release {
        void operator()(SSL_CTX* c) const noexcept { ::SSL_CTX_free(c); }
        void operator()(SSL* s) const noexcept { ::SSL_free(s); }
    };

    // Repeats the call for as long as it lacks input and some comes.
    template <class Call>
    int go_on(Call call) {
        for (;;) {
            const int result = call();
            std::array<char, 16384> out;
            for (int n = 0;
                 (n = ::BIO_read(::SSL_get_wbio(session_.get()), out.data(), out.size())) > 0;) {
                raw.send({out.data(), static_cast<std::size_t>(n)});
            }
            if (result > 0 || ::SSL_get_error(session_.get(), result) != SSL_ERROR_WANT_READ ||
                !raw.read_some()) {
                return result;
            }
            ::BIO_write(::SSL_get_rbio(session_.get()), raw.in.data(),
                        static_cast<int>(raw.in.size()));
            raw.in.clear();
        }
    }

    bool read_some() {
        std::array<char, 16384> room;
        const int n = go_on([&] { return ::SSL_read(session_.get(), room.data(), room.size()); });
        if (n > 0) {
            in.append(room.data(), static_cast<std::size_t>(n));
        }
        return n > 0;
    }

    std::unique_ptr<SSL_CTX, release> context_;
    std::unique_ptr<SSL, release> session_;
};

}  // namespace lastcall::testing
