#include "link.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "sys/clock.hpp"

namespace deploy_bench {

namespace sys = lastcall::sys;

std::int64_t now_ns() noexcept { return sys::boottime_now().count(); }

std::string request_text(const sys::endpoint& at, const std::string& path, bool is_kept) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + at.text() + "\r\n" +
           (is_kept ? "" : "Connection: close\r\n") + "\r\n";
}

link::link(const sys::endpoint& to) : begun_ns_(now_ns()) {
    const auto begun = sys::begin_connect(fd_, to);
    if (!fd_ || begun.status == sys::io_status::failed) {
        throw std::runtime_error("cannot connect to " + to.text() + ": " +
                                 std::strerror(begun.error));
    }
    if (begun.status == sys::io_status::done) {
        is_connected_ = true;
    } else if (begun.status != sys::io_status::would_block) {
        problem_ = "refused";
    }
}

void link::ask(const std::string& request) {
    request_ = &request;
    sent_ = 0;
    text_.clear();
    if (is_connected_) {
        send();
    }
}

bool link::send() {
    while (sent_ < request_->size()) {
        const auto did = sys::send_some(fd_.get(), std::string_view(*request_).substr(sent_));
        if (did.status == sys::io_status::would_block) {
            return true;
        }
        if (did.status != sys::io_status::done) {
            return false;  // what the peer said before can still be read, or tells why
        }
        sent_ += did.size;
    }
    return true;
}

link::state link::fails(const std::string& why) {
    problem_ = why;
    return state::broken;
}

std::string_view link::field(std::string_view name) const {
    const auto head_end = text_.find("\r\n\r\n");
    for (auto line = text_.find("\r\n"); line < head_end; line = text_.find("\r\n", line + 2)) {
        const auto value = line + 2 + name.size();
        if (::strncasecmp(text_.c_str() + line + 2, name.data(), name.size()) == 0 &&
            text_.compare(value, 2, ": ") == 0) {
            return std::string_view(text_).substr(value + 2, text_.find("\r\n", value) - value - 2);
        }
    }
    return {};
}

bool link::has_answer() {
    const auto head_end = text_.find("\r\n\r\n");
    if (head_end == std::string::npos || text_.size() < 12) {
        return false;
    }
    const auto length_text = field("content-length");
    std::size_t length = 0;
    std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
    const auto body = head_end + 4;
    if (text_.size() < body + length) {
        return false;
    }
    std::from_chars(text_.data() + 9, text_.data() + 12, status_);
    first_of_body_ = length > 0 ? text_[body] : '\0';
    will_close_ = field("connection") == "close";
    return true;
}

link::state link::turn() {
    if (!problem_.empty()) {
        return state::broken;
    }
    if (!is_connected_) {
        const auto result = sys::connect_result(fd_.get());
        if (result.status == sys::io_status::would_block) {
            return request_ != nullptr ? state::busy : state::idle;
        }
        if (result.status != sys::io_status::done) {
            return fails(result.status == sys::io_status::refused ? "refused"
                                                                  : "cannot be connected");
        }
        is_connected_ = true;
    }
    if (request_ != nullptr && sent_ < request_->size()) {
        send();
    }
    std::array<char, 4096> piece;
    for (;;) {
        const auto got = sys::receive_some(fd_.get(), piece);
        if (got.status == sys::io_status::would_block) {
            return request_ != nullptr ? state::busy : state::idle;
        }
        if (got.status != sys::io_status::done) {
            return fails(got.status == sys::io_status::end     ? "closed"
                         : got.status == sys::io_status::reset ? "reset"
                                                               : "failed");
        }
        text_.append(piece.data(), got.size);
        if (request_ != nullptr && has_answer()) {
            request_ = nullptr;
            ++answers_;
            return state::answered;
        }
    }
}

}  // namespace deploy_bench
