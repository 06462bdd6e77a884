// How a client gets its connection: TCP, then TLS if the target has it.
#include <cerrno>
#include <system_error>
#include <utility>

#include "drill/load/client.hpp"

namespace lastcall::drill {

using sys::io_status;

void client::connect(int receive_buffer, std::shared_ptr<tls_context> tls) {
    connection_ = ++context_.connections_made;
    answered_ = 0;
    last_answer_ns_ = 0;
    signal_cell_ = cell::none;
    was_begun_in_turn_ = false;
    was_reset_ = false;
    tls_held_ = false;
    wants_readable_ = polls_readable_ = true;
    polls_writable_ = true;
    forget_unsent();
    opened_ns_ = nanoseconds(clock::now());
    auto settings = tls ? std::move(tls) : context_.tls;
    is_tls_ = settings != nullptr;
    const auto begun = wire_.begin_connect(context_.target, std::move(settings), receive_buffer);
    if (begun.status == io_status::done || begun.status == io_status::would_block) {
        try {
            context_.loop.sockets().add(wire_.fd(), *this, true, true);
        } catch (const std::system_error& error) {
            wire_.close();
            not_made(ending::connect_failed, error.code().value());
            return;
        }
        set_phase(phase::connecting);
        return;
    }
    wire_.close();
    not_made(begun.status == io_status::refused ? ending::connect_refused : ending::connect_failed,
             begun.error);
}

void client::not_made(ending how, int error) {
    if (how == ending::connect_failed && error == ETIMEDOUT) {
        how = ending::connect_timeout;
    } else if (how == ending::connect_failed) {
        context_.note_own_failure(error);
    }
    on_no_connection(how, error);
}

void client::connection_made() {
    const auto made = wire_.connect_result();
    if (made.status == io_status::done) {
        established_ = clock::now();
        set_phase(phase::handshake);
        shake_hands();
        return;
    }
    const auto how = made.status == io_status::refused ? ending::connect_refused
                     : made.status == io_status::reset ? ending::reset
                                                       : ending::connect_failed;
    close(quiet_end::reset, false);
    not_made(how, made.error);
}

void client::shake_hands() {
    const auto made = wire_.handshake();
    if (made.status == io_status::done) {
        established();
        return;
    }
    if (made.status == io_status::would_block) {
        poll_for();
        return;
    }
    const auto how = ending_of(made);
    context_.tls_problem = wire_.tls_problem();
    close(how == ending::fin ? quiet_end::fin : quiet_end::reset, false);
    on_no_connection(how, made.error);
}

void client::go_on_with_tls() {
    tls_held_ = false;
    want_readable(true);
    if (phase_ == phase::handshake) {
        shake_hands();
    }
}

void client::established() {
    set_phase(phase::open);
    poll_for();
    on_open();
}

}  // namespace lastcall::drill
