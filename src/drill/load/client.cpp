#include "drill/load/client.hpp"

#include <array>
#include <cerrno>
#include <utility>

namespace lastcall::drill {

using sys::io_result;
using sys::io_status;

client::client(load_context& shared, std::string_view lane)
    : context_(shared),
      lane_(lane),
      tick_(shared.loop.timers(),
            [this] {
                context_.log.late.add(nanoseconds(clock::now()) - nanoseconds(tick_.when()));
                tick();
            }),
      wait_timer_(shared.loop.timers(), [this] { time_is_up(); }),
      jitter_share_(static_cast<float>(shared.share())) {}

client::~client() {
    if (wire_.is_open()) {
        context_.loop.sockets().remove(wire_.fd(), *this);
    }
}

bool client::routes_open() const {
    if (winds_down_) {
        return false;
    }
    const auto& withdrawn = context_.routes_withdrawn;
    if (!withdrawn) {
        return true;
    }
    return context_.route_jitter.count() != 0 &&
           std::chrono::duration<double, std::nano>(clock::now() - *withdrawn) <
               context_.route_jitter * static_cast<double>(jitter_share_);
}

cell client::note_signal() {
    const auto now = signal_cell_ = cell_now();
    was_begun_in_turn_ = false;
    signal_sent();
    aim_ = cell::none;
    return now;
}

cell client::take_signal_cell() noexcept { return std::exchange(signal_cell_, cell::none); }

void client::routes_closed() {
    if (phase_ == phase::closed) {
        tick_.cancel();
    }
}

void client::wind_down() {
    winds_down_ = true;
    aim_ = cell::none;
}

void client::end() {
    winds_down_ = true;
    abandon();
    if (phase_ != phase::closed) {
        close(quiet_end::by_us, true);
    }
    tick_.cancel();
    wait_timer_.cancel();
}

cell client::cell_now() const {
    switch (phase_) {
        case phase::closed:
            return cell::none;
        case phase::connecting:
            return cell::connecting;
        case phase::handshake:
            return was_begun_in_turn_ ? cell::queued : cell::handshake;
        case phase::open:
            break;
    }
    return cell::silent;
}

void client::on_io(bool readable, bool writable, bool over) {
    switch (phase_) {
        case phase::connecting:
            if (writable) {
                connection_made();
            }
            return;
        case phase::handshake:
            if (tls_held_ && !over) {
                want_readable(false);
            } else {
                shake_hands();
            }
            return;
        case phase::open:
            break;
        case phase::closed:
            return;
    }
    if (writable && polls_writable_) {
        flush();
    }
    if (readable && phase_ == phase::open && (wants_readable_ || over)) {
        wants_readable_ = true;
        on_readable();
    }
}

void client::send(std::string_view bytes) {
    if (has_unsent()) {
        unsent_.append(bytes);
        return;
    }
    while (!bytes.empty()) {
        const auto sent = wire_.send(bytes);
        if (sent.status != io_status::done) {
            if (sent.status == io_status::would_block) {
                unsent_.assign(bytes);
                unsent_at_ = 0;
                poll_for();
            }
            // Else: the server may have answered before it closed. The answer is read first,
            // and tells what this is.
            note_failed_send(sent);
            return;
        }
        bytes.remove_prefix(sent.size);
    }
    poll_for();
}

/// The error of a reset is given out once (sock_error() in the kernel); afterwards reading
/// only tells of an end.
void client::note_failed_send(const io_result& failed) {
    was_reset_ = was_reset_ || failed.error == ECONNRESET;
}

void client::flush() {
    while (has_unsent()) {
        const auto sent = wire_.send(std::string_view(unsent_).substr(unsent_at_));
        if (sent.status == io_status::would_block) {
            return;
        }
        if (sent.status != io_status::done) {
            note_failed_send(sent);
            break;
        }
        unsent_at_ += sent.size;
    }
    forget_unsent();
    if (wire_.flush().status != io_status::would_block) {
        poll_for();
        on_sent();
    }
}

void client::forget_unsent() noexcept {
    unsent_.clear();
    unsent_at_ = 0;
}

void client::read_on() {
    std::array<char, 16 * 1024> buffer;
    while (phase_ == phase::open && wants_readable_) {
        const auto got = wire_.receive(buffer);
        if (got.status == io_status::would_block) {
            poll_for();  // TLS may have something to say in return
            return;
        }
        if (got.status != io_status::done) {
            on_end(ending_of(got), got.error);
            return;
        }
        on_bytes({buffer.data(), got.size});
    }
}

ending client::ending_of(const io_result& got) const {
    switch (got.status) {
        case io_status::end:
            if (was_reset_) {
                return ending::reset;
            }
            return is_tls_ && !wire_.had_close_notify() ? ending::fin_without_notify : ending::fin;
        case io_status::failed:
            return wire_.tls_problem().empty() ? ending::reset : ending::malformed;
        default:
            return ending::reset;
    }
}

void client::close(quiet_end how, bool was_quiet) {
    const auto now = nanoseconds(clock::now());
    const bool was_made = phase_ == phase::handshake || phase_ == phase::open;
    if (was_made) {
        context_.note_closed(now);
        if (was_quiet) {
            context_.record(connection_end{lane_, connection_, answered_, opened_ns_, now, how,
                                           take_signal_cell()});
        }
    }
    signal_cell_ = cell::none;
    if (wire_.is_open()) {
        context_.loop.sockets().remove(wire_.fd(), *this);
        wire_.close();
    }
    wait_no_more();
    set_phase(phase::closed);
}

void client::want_readable(bool want) {
    wants_readable_ = want;
    poll_for();
}

void client::poll_for() {
    const bool writable = phase_ == phase::connecting || has_unsent() || wire_.wants_to_write();
    if (wire_.is_open() && (writable != polls_writable_ || wants_readable_ != polls_readable_)) {
        polls_writable_ = writable;
        polls_readable_ = wants_readable_;
        context_.loop.sockets().change(wire_.fd(), *this, polls_readable_, polls_writable_);
    }
}

taken client::taken_since(std::uint64_t before, ending how) {
    // A FIN carries an acknowledgement of its own: what it leaves out was not there, whatever
    // a lingering server took, or reset, afterwards.
    if (const auto at_fin = context_.resets.taken_at_fin(wire_.local_port())) {
        return *at_fin > before ? taken::yes : taken::no;
    }
    const auto acknowledged = wire_.bytes_acknowledged();
    if (acknowledged && *acknowledged > before) {
        return taken::yes;
    }
    if (how != ending::reset) {
        return acknowledged ? taken::no : taken::unknown;
    }
    const auto seen = context_.resets.of(wire_.local_port());
    if (!seen) {
        return taken::unknown;
    }
    return seen->has_acknowledgement && seen->taken > before ? taken::yes : taken::no;
}

acceptance client::accepted_so_far() {
    return context_.accepts.of_ended(wire_.local_port(), established_);
}

exchange client::begin_exchange(std::string_view method, std::string_view target,
                                moment due) const {
    exchange made;
    made.lane = lane_;
    made.method = method;
    made.target = target;
    made.connection = connection_;
    made.opened_ns = opened_ns_;
    made.nth = answered_;
    made.intended_ns = nanoseconds(due);
    return made;
}

void client::wait_until(moment when) {
    wait_limit_ = when;
    if (!wait_timer_.is_set() || wait_timer_.when() > when) {
        wait_timer_.set(when);
    }
}

/// The limit moves with every request, the timer only when it fires too early.
void client::time_is_up() {
    if (wait_limit_ == moment::max()) {
        return;
    }
    if (wait_limit_ > clock::now()) {
        wait_timer_.set(wait_limit_);
        return;
    }
    wait_limit_ = moment::max();
    on_timeout();
}

void client::set_phase(phase next) {
    const auto is_made = [](phase one) { return one == phase::handshake || one == phase::open; };
    if (is_made(next) && !is_made(phase_)) {
        add_to(context_.counters.connections, 1);
    } else if (!is_made(next) && is_made(phase_)) {
        take_from(context_.counters.connections, 1);
    }
    phase_ = next;
}

}  // namespace lastcall::drill
