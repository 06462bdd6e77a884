#include "drill/load/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>

namespace lastcall::drill {
namespace {

using sys::io_result;
using sys::io_status;

// So much of what is sent is encrypted ahead of the kernel.
constexpr std::size_t at_once = 65536;

int write_wire(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
    static_cast<tls_session::wire*>(BIO_get_data(bio))->put({data, size});
    *written = size;
    return 1;
}

int read_wire(BIO* bio, char* into, std::size_t room, std::size_t* size) {
    auto& wire = *static_cast<tls_session::wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    wire.last_read = sys::receive_some(wire.fd, {into, room});
    *size = wire.last_read.size;
    if (wire.last_read.status == io_status::would_block) {
        BIO_set_retry_read(bio);
    }
    return wire.last_read.status == io_status::done ? 1 : 0;
}

long control_wire(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
    switch (command) {
        case BIO_CTRL_FLUSH:
            return 1;
        case BIO_CTRL_EOF:
            return static_cast<const tls_session::wire*>(BIO_get_data(bio))->last_read.status ==
                           io_status::end
                       ? 1
                       : 0;
        default:
            return 0;
    }
}

BIO_METHOD* wire_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* const made =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "counted socket");
        if (made == nullptr) {
            throw std::bad_alloc();
        }
        BIO_meth_set_write_ex(made, write_wire);
        BIO_meth_set_read_ex(made, read_wire);
        BIO_meth_set_ctrl(made, control_wire);
        return made;
    }();
    return method;
}

std::string describe_failure(const SSL* ssl) {
    const auto code = ERR_peek_last_error();
    const char* const reason = ERR_reason_error_string(code);
    std::string words = reason == nullptr ? "no reason given" : reason;
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        switch (ERR_GET_REASON(code)) {
            case SSL_R_CERTIFICATE_VERIFY_FAILED:
                return std::string("the server's certificate is not accepted: ") +
                       X509_verify_cert_error_string(SSL_get_verify_result(ssl));
            case SSL_R_WRONG_VERSION_NUMBER:
            case SSL_R_HTTP_REQUEST:
                return "the server answers without TLS (" + words + ")";
            default:
                break;
        }
        if (ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET) {
            return "the server sent an alert: " + words;
        }
    }
    return words;
}

}  // namespace

void tls_session::wire::put(std::string_view bytes) {
    if (last_write.status != io_status::done) {
        return;
    }
    if (!waits()) {
        const auto result = sys::send_some(fd, bytes);
        if (result.status == io_status::done) {
            sent += result.size;
            bytes.remove_prefix(result.size);
        } else if (result.status != io_status::would_block) {
            last_write = result;
            return;
        }
    }
    waiting.append(bytes);
}

io_result tls_session::wire::flush() {
    while (last_write.status == io_status::done && waits()) {
        const auto result = sys::send_some(fd, std::string_view(waiting).substr(at));
        if (result.status == io_status::would_block) {
            return result;
        }
        if (result.status != io_status::done) {
            last_write = result;
            break;
        }
        sent += result.size;
        at += result.size;
    }
    waiting.clear();
    at = 0;
    return last_write;
}

tls_session::tls_session(std::shared_ptr<tls_context> shared, int fd, std::uint64_t& sent)
    : shared_(std::move(shared)), wire_(fd, sent), ssl_(shared_->make_session()) {
    BIO* const bio = BIO_new(wire_method());
    if (bio == nullptr) {
        throw std::bad_alloc();
    }
    BIO_set_data(bio, &wire_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
}

// What a call that did not do its work means.
io_result tls_session::judge(int returned) {
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return {io_status::would_block, 0, 0};
        case SSL_ERROR_ZERO_RETURN:
            had_close_notify_ = true;
            return {io_status::end, 0, 0};
        default:
            break;
    }
    const bool wire_ended = wire_.last_read.status != io_status::done &&
                            wire_.last_read.status != io_status::would_block;
    if (wire_ended && problem_.empty()) {
        return wire_.last_read;
    }
    if (problem_.empty()) {
        problem_ = describe_failure(ssl_.get());
    }
    return {io_status::failed, 0, EPROTO};
}

io_result tls_session::handshake() {
    wire_.flush();
    ERR_clear_error();
    const int returned = SSL_do_handshake(ssl_.get());
    if (returned == 1) {
        return {};
    }
    const auto result = judge(returned);
    // What the server had said before it ended the connection counts more than that our
    // side could not answer.
    if (result.status == io_status::would_block && wire_.last_write.status != io_status::done) {
        return wire_.last_write;
    }
    return result;
}

io_result tls_session::send(std::string_view bytes) {
    if (const auto result = wire_.flush(); result.status != io_status::done) {
        return result;
    }
    if (bytes.empty()) {
        return {};
    }
    ERR_clear_error();
    std::size_t size = 0;
    const int returned =
        SSL_write_ex(ssl_.get(), bytes.data(), std::min(bytes.size(), at_once), &size);
    if (wire_.last_write.status != io_status::done) {
        return wire_.last_write;
    }
    return returned == 1 ? io_result{io_status::done, size, 0} : judge(returned);
}

io_result tls_session::flush() { return wire_.flush(); }

io_result tls_session::receive(std::span<char> into) {
    ERR_clear_error();
    std::size_t size = 0;
    const int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    return returned == 1 ? io_result{io_status::done, size, 0} : judge(returned);
}

io_result tls_session::look() {
    ERR_clear_error();
    char byte = 0;
    std::size_t size = 0;
    const int returned = SSL_peek_ex(ssl_.get(), &byte, 1, &size);
    return returned == 1 ? io_result{io_status::done, 1, 0} : judge(returned);
}

bool tls_session::holds_bytes() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }

std::string_view tls_session::protocol() const noexcept {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

void tls_session::say_goodbye() noexcept {
    // Before the handshake is over there is nothing to end, and SSL_shutdown() refuses.
    if (SSL_is_init_finished(ssl_.get()) == 1 && problem_.empty()) {
        SSL_shutdown(ssl_.get());
    }
    ERR_clear_error();
}

}  // namespace lastcall::drill
