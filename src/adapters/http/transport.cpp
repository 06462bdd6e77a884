#include "adapters/http/transport.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <climits>

namespace lastcall::http {
namespace {

io_result from(sys::transfer t, io_result::kind if_blocked) {
    switch (t.what) {
        case sys::transfer::kind::done:
            return {io_result::kind::done, t.bytes};
        case sys::transfer::kind::would_block:
            return {if_blocked};
        case sys::transfer::kind::end:
            return {io_result::kind::end};
        case sys::transfer::kind::error:
            break;
    }
    return {io_result::kind::error};
}

}  // namespace

io_result transport::read(char* into, std::size_t room) noexcept {
    if (session_ == nullptr || is_broken_) {
        return from(sys::receive(fd_, into, room), io_result::kind::wants_read);
    }
    ::ERR_clear_error();
    return classify(
        ::SSL_read(session_.get(), into, static_cast<int>(std::min<std::size_t>(room, INT_MAX))));
}

io_result transport::write(std::string_view head, std::string_view body) noexcept {
    if (session_ == nullptr) {
        return from(sys::send_two(fd_, head, body), io_result::kind::wants_write);
    }
    ::ERR_clear_error();
    const std::string_view part = head.empty() ? body : head;
    return classify(::SSL_write(session_.get(), part.data(),
                                static_cast<int>(std::min<std::size_t>(part.size(), INT_MAX))));
}

io_result transport::classify(int result) noexcept {
    if (result > 0) {
        return {io_result::kind::done, static_cast<std::size_t>(result)};
    }
    switch (::SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {io_result::kind::wants_read};
        case SSL_ERROR_WANT_WRITE:
            return {io_result::kind::wants_write};
        case SSL_ERROR_ZERO_RETURN:
            return {io_result::kind::end};
        case SSL_ERROR_SSL:
            ::ERR_clear_error();
            is_broken_ = true;
            return {io_result::kind::no_tls};
        default:
            ::ERR_clear_error();
            return {io_result::kind::error};
    }
}

void transport::shutdown() noexcept {
    if (session_ != nullptr) {
        ::ERR_clear_error();
        ::SSL_shutdown(session_.get());
        ::ERR_clear_error();
    }
    sys::shutdown_writing(fd_);
}

}  // namespace lastcall::http
