#include "adapters/redis/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <new>
#include <stdexcept>

namespace lastcall::redis {

namespace {

std::string last_reason() {
    const char* const reason = ::ERR_reason_error_string(::ERR_peek_last_error());
    ::ERR_clear_error();
    return reason != nullptr ? reason : "no reason given";
}

}  // namespace

tls_trust::tls_trust(const std::string& ca_file)
    : context_(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free) {
    if (context_ == nullptr) {
        throw std::bad_alloc();
    }
    ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    const int is_loaded = ca_file.empty()
                              ? ::SSL_CTX_set_default_verify_paths(context_.get())
                              : ::SSL_CTX_load_verify_file(context_.get(), ca_file.c_str());
    if (is_loaded != 1) {
        throw std::invalid_argument("redis url: cannot use the certificates of " +
                                    (ca_file.empty() ? "this system" : "\"" + ca_file + "\"") +
                                    ": " + last_reason());
    }
}

void tls_session::deleter::operator()(ssl_st* session) const noexcept { ::SSL_free(session); }

tls_session::tls_session(const tls_trust& trust, const std::string& host, int fd)
    : session_(::SSL_new(trust.context())), fd_(fd) {
    BIO* const arrived = ::BIO_new(::BIO_s_mem());
    BIO* const leaving = ::BIO_new(::BIO_s_mem());
    if (session_ == nullptr || arrived == nullptr || leaving == nullptr) {
        ::BIO_free(arrived);
        ::BIO_free(leaving);
        throw std::bad_alloc();
    }
    ::SSL_set_bio(session_.get(), arrived, leaving);  // owns both from here on
    ::SSL_set_connect_state(session_.get());
    // An address is no host name: it is neither sent nor looked for among the names.
    if (::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(session_.get()), host.c_str()) != 1) {
        ::ERR_clear_error();
        if (::SSL_set1_host(session_.get(), host.c_str()) != 1 ||
            ::SSL_set_tlsext_host_name(session_.get(), host.c_str()) != 1) {
            throw std::bad_alloc();
        }
    }
}

io tls_session::shake_hands(time_point until, int cut_fd) {
    return drive([this] { return ::SSL_do_handshake(session_.get()); }, until, cut_fd);
}

io tls_session::send_all(std::string_view bytes, time_point until, int cut_fd) {
    // Into memory, which takes everything: never a part.
    std::size_t written = 0;
    return drive(
        [&] { return ::SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &written); }, until,
        cut_fd);
}

io tls_session::receive(std::span<char> into, std::size_t& received, time_point until, int cut_fd) {
    return drive([&] { return ::SSL_read_ex(session_.get(), into.data(), into.size(), &received); },
                 until, cut_fd);
}

// Repeats a step until it is done, and feeds it with what arrives meanwhile.
template <class Step>
io tls_session::drive(const Step& step, time_point until, int cut_fd) {
    error_.clear();
    for (;;) {
        ::ERR_clear_error();  // SSL_get_error(3): the queue must be empty before the step
        const int result = step();
        const int error = result > 0 ? SSL_ERROR_NONE : ::SSL_get_error(session_.get(), result);
        if (error == SSL_ERROR_SSL) {
            explain();
            (void)flush(until, cut_fd);  // the alert that tells the server why
            return io::failed;
        }
        if (const io sent = flush(until, cut_fd); sent != io::done || error == SSL_ERROR_NONE) {
            return sent;
        }
        if (error != SSL_ERROR_WANT_READ) {
            return io::closed;
        }
        std::array<char, 16'384> buffer;
        std::size_t arrived = 0;
        if (const io got = redis::receive(fd_, buffer, arrived, until, cut_fd); got != io::done) {
            return got;
        }
        if (::BIO_write(::SSL_get_rbio(session_.get()), buffer.data(), static_cast<int>(arrived)) !=
            static_cast<int>(arrived)) {
            throw std::bad_alloc();
        }
    }
}

io tls_session::flush(time_point until, int cut_fd) {
    BIO* const leaving = ::SSL_get_wbio(session_.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(leaving, &bytes);
    if (size <= 0) {
        return io::done;
    }
    const io sent = redis::send_all(fd_, {bytes, static_cast<std::size_t>(size)}, until, cut_fd);
    (void)BIO_reset(leaving);
    return sent;
}

void tls_session::explain() {
    const long verdict = ::SSL_get_verify_result(session_.get());
    error_ = "TLS: " + last_reason();
    if (verdict != X509_V_OK) {
        error_ += std::string(": ") + ::X509_verify_cert_error_string(verdict);
    }
}

}  // namespace lastcall::redis
