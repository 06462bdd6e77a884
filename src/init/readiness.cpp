#include "init/readiness.hpp"

#include <algorithm>

#include "core/text_parts.hpp"

namespace lastcall::init {
namespace {

using kind = readiness::kind;
using progress = sys::probe_socket::progress;

bool is_socket(kind how) noexcept { return how == kind::tcp || how == kind::http; }

bool resolve(const readiness& what, core::probe_target& target, sys::probe_address& address,
             core::text_sink& why) noexcept {
    if (what.how == kind::file && (what.target == nullptr || *what.target == '\0')) {
        why << "the file that says that the service is ready has no name";
        return false;
    }
    if (!is_socket(what.how)) {
        return true;
    }
    if (!core::read_probe_target(what.target, what.how == kind::http, target, why)) {
        return false;
    }
    if (!sys::to_probe_address(target.host, target.is_v6, target.port, address)) {
        why << '"' << what.target << "\": " << target.host
            << " is no numeric address, and names are not looked up";
        return false;
    }
    return true;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

bool check_readiness_target(const readiness& what, core::text_sink& why) noexcept {
    core::probe_target target;
    sys::probe_address address;
    return resolve(what, target, address, why);
}

bool readiness_check::begin(const readiness& what, time now, core::text_sink& why) noexcept {
    what_ = &what;
    if (what.how == kind::none) {
        settle(state::ready);
        return true;
    }
    if (!resolve(what, target_, address_, why)) {
        return false;
    }
    if (is_socket(what.how)) {
        if (const int error = probe_.open(); error != 0) {
            why << "cannot look whether the service is ready (errno " << error << ')';
            return false;
        }
    }
    if (what.how == kind::http) {
        request_.clear();
        request_ << "GET " << target_.path << " HTTP/1.1\r\nHost: ";
        if (target_.authority.find(':') == std::string_view::npos) {
            request_ << target_.host << ':';
        }
        request_ << target_.authority
                 << "\r\nUser-Agent: lastcall-init\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }
    state_ = state::pending;
    interval_ = first_interval;
    last_.clear();
    give_up_at_ = what.timeout > time(0) ? std::optional(now + what.timeout) : std::nullopt;
    wake_at_.reset();
    if (what.how != kind::notify) {
        try_now(now);
    }
    return true;
}

std::optional<readiness_check::time> readiness_check::next_wake() const noexcept {
    if (wake_at_ && give_up_at_) {
        return std::min(*wake_at_, *give_up_at_);
    }
    return wake_at_ ? wake_at_ : give_up_at_;
}

readiness_check::state readiness_check::on_notified() noexcept {
    if (state_ == state::pending && what_->how == kind::notify) {
        settle(state::ready);
    }
    return state_;
}

readiness_check::state readiness_check::on_time(time now) noexcept {
    if (state_ != state::pending) {
        return state_;
    }
    if (wake_at_ && now >= *wake_at_) {
        if (stage_ == stage::waiting) {
            try_now(now);
        } else {
            try_over("no answer within a second", now);
        }
    }
    // After the try: one that succeeds at the last moment counts.
    if (state_ == state::pending && give_up_at_ && now >= *give_up_at_) {
        settle(state::failed);
    }
    return state_;
}

readiness_check::state readiness_check::on_ready_fd(time now) noexcept {
    if (state_ != state::pending) {
        return state_;
    }
    if (stage_ == stage::connecting) {
        const progress result = probe_.connect_result();
        if (result == progress::done) {
            connected(now);
        } else if (result == progress::failed) {
            try_over(probe_.failure(), now);
        }
    } else if (stage_ == stage::sending) {
        send_more(now);
    } else if (stage_ == stage::reading) {
        read_more(now);
    }
    return state_;
}

void readiness_check::try_now(time now) noexcept {
    if (what_->how == kind::file) {
        if (sys::file_exists(what_->target)) {
            settle(state::ready);
        } else {
            try_over("the file does not exist", now);
        }
        return;
    }
    stage_ = stage::connecting;
    wake_at_ = now + per_try;
    const progress result = probe_.begin_connect(address_);
    if (result == progress::done) {
        connected(now);
    } else if (result == progress::failed) {
        try_over(probe_.failure(), now);
    }
}

void readiness_check::connected(time now) noexcept {
    if (what_->how == kind::tcp) {
        settle(state::ready);
        return;
    }
    stage_ = stage::sending;
    sent_ = 0;
    head_size_ = 0;
    send_more(now);
}

void readiness_check::send_more(time now) noexcept {
    const auto sent = probe_.send(core::after(request_.view(), sent_));
    if (sent.what == progress::failed) {
        try_over(probe_.failure(), now);
        return;
    }
    sent_ += sent.bytes;
    if (sent_ == request_.view().size()) {
        stage_ = stage::reading;
        probe_.expect_answer();
    }
}

void readiness_check::read_more(time now) noexcept {
    const auto got = probe_.receive({head_.data() + head_size_, head_.size() - head_size_});
    if (got.what == progress::failed) {
        try_over(probe_.failure(), now);
        return;
    }
    head_size_ += got.bytes;
    if (head_size_ == head_.size()) {
        read_status(now);
    }
}

// "HTTP/1.1 200 OK". RFC 9112, section 4: the blank after the code is there even when no
// reason follows; servers that leave it out are forgiven.
void readiness_check::read_status(time now) noexcept {
    const std::string_view head(head_.data(), head_size_);
    const std::string_view code = core::first_of(core::after(head, 9), 3);
    const bool good = head.starts_with("HTTP/1.") && is_digit(head[7]) && head[8] == ' ' &&
                      std::all_of(code.begin(), code.end(), is_digit) && !is_digit(head[12]);
    drain_answer();
    if (good && code.front() == '2') {
        settle(state::ready);
        return;
    }
    core::fixed_text<32> found;
    found << "answered " << code;
    try_over(good ? found.view() : "what answers is not HTTP", now);
}

// What has arrived is read, so that closing sends FIN and not RST, which servers log.
void readiness_check::drain_answer() noexcept {
    std::array<char, 1024> nowhere;
    std::size_t total = 0;
    while (total < longest_answer) {
        const auto got = probe_.receive(nowhere);
        if (got.what != progress::done) {
            break;
        }
        total += got.bytes;
    }
}

void readiness_check::try_over(std::string_view found, time now) noexcept {
    probe_.hang_up();
    last_.clear();
    last_ << found;
    stage_ = stage::waiting;
    wake_at_ = now + interval_;
    interval_ = std::min(interval_ * 2, longest_interval);
}

void readiness_check::settle(state end) noexcept {
    probe_.close();
    state_ = end;
    stage_ = stage::waiting;
    wake_at_.reset();
    give_up_at_.reset();
}

}  // namespace lastcall::init
