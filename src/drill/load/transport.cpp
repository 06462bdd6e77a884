#include "drill/load/transport.hpp"

#include <algorithm>
#include <cerrno>

#include "drill/load/tls_session.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {

// Not EPIPE: that is a reset after a FIN, and the FIN is still there to be read.
sys::io_result transport::note(sys::io_result result) noexcept {
    was_reset_ = was_reset_ || result.error == ECONNRESET;
    return result;
}

sys::io_result transport::correct(sys::io_result result) const noexcept {
    if (was_reset_ && result.status == sys::io_status::end && !had_close_notify()) {
        return {sys::io_status::reset, 0, ECONNRESET};
    }
    return result;
}

transport::transport() = default;

transport::~transport() { close(); }

sys::io_result transport::begin_connect(const load_target& to, std::shared_ptr<tls_context> tls,
                                        int receive_buffer) {
    close();
    sent_ = 0;
    was_reset_ = false;
    const auto result = sys::begin_connect(fd_, to.at, receive_buffer);
    if (tls && fd_) {
        tls_ = std::make_unique<tls_session>(std::move(tls), fd_.get(), sent_);
    }
    return result;
}

sys::io_result transport::connect_result() { return sys::connect_result(fd_.get()); }

sys::io_result transport::handshake() { return tls_ ? tls_->handshake() : sys::io_result{}; }

sys::io_result transport::send(std::string_view bytes) {
    if (tls_) {
        return note(tls_->send(bytes));
    }
    const auto result = sys::send_some(fd_.get(), bytes);
    sent_ += result.size;
    return note(result);
}

sys::io_result transport::flush() { return tls_ ? note(tls_->flush()) : sys::io_result{}; }

bool transport::wants_to_write() const noexcept { return tls_ && tls_->wants_to_write(); }

sys::io_result transport::receive(std::span<char> into) {
    return correct(tls_ ? tls_->receive(into) : sys::receive_some(fd_.get(), into));
}

sys::io_result transport::look() { return correct(tls_ ? tls_->look() : sys::peek(fd_.get())); }

bool transport::holds_bytes() const noexcept { return tls_ && tls_->holds_bytes(); }

std::string_view transport::protocol() const noexcept {
    return tls_ ? tls_->protocol() : std::string_view();
}

bool transport::had_close_notify() const noexcept { return tls_ && tls_->had_close_notify(); }

std::string transport::tls_problem() const { return tls_ ? tls_->problem() : std::string(); }

std::optional<std::uint64_t> transport::bytes_acknowledged() const noexcept {
    const auto told = sys::bytes_acknowledged(fd_.get());
    return told ? std::optional(std::min(*told, sent_)) : std::nullopt;
}

std::uint16_t transport::local_port() const noexcept {
    return fd_ ? sys::local_port(fd_.get()) : std::uint16_t{0};
}

void transport::close() noexcept {
    if (tls_) {
        tls_->say_goodbye();
        tls_.reset();
    }
    fd_.reset();
}

}  // namespace lastcall::drill
