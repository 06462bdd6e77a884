#include "drill/load/h2_server.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <deque>

#include "drill/load/h2_peer.hpp"
#include "drill/record/exchange.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

/// Between the two GOAWAYs of a graceful end: longer than a round trip.
constexpr std::chrono::milliseconds notice{20};

}  // namespace

class h2_server::connection {
public:
    connection(h2_server& server, SSL* tls, sys::unique_fd& fd)
        : server_(server), tls_(tls), fd_(fd) {}

    void run() {
        ++server_.connections_;
        while (!server_.ended_ && !is_over_ && read()) {
            if (server_.stopping_ && !has_acted_) {
                has_acted_ = true;
                act();
            }
            if (final_goaway_ && clock::now() > *final_goaway_) {
                final_goaway_.reset();
                limit_ = peer_.last_stream;
                peer_.go_away(limit_);
            }
            answer();
            write();
            if (has_acted_ && !final_goaway_ && waiting_.empty() && !is_half_closed_) {
                half_close();
            }
        }
        server_.waiting_ -= static_cast<int>(waiting_.size());
        --server_.connections_;
    }

private:
    struct pending {
        std::int32_t stream = 0;
        moment due{};
    };

    // Returns: false at the end of the connection.
    bool read() {
        pollfd waits{fd_.get(), POLLIN, 0};
        const bool has_inside = tls_ != nullptr && SSL_pending(tls_) > 0;
        if (!has_inside && ::poll(&waits, 1, 1) <= 0) {
            return true;
        }
        std::array<char, 16384> buffer{};
        const auto size =
            tls_ != nullptr ? SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()))
                            : static_cast<int>(::recv(fd_.get(), buffer.data(), buffer.size(), 0));
        if (size <= 0) {
            return false;
        }
        peer_.feed({buffer.data(), static_cast<std::size_t>(size)});
        for (const auto& one : peer_.take_requests()) {
            if (limit_ >= 0 && one.stream > limit_) {
                server_.note(outcome::h2_unprocessed);
            } else if (is_half_closed_) {
                server_.note(outcome::h2_lost);
            } else {
                waiting_.push_back({one.stream, clock::now() + server_.takes_});
                ++server_.waiting_;
            }
        }
        return true;
    }

    void write() {
        const auto bytes = peer_.take_output();
        if (!bytes.empty() && tls_ != nullptr) {
            SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
        } else if (!bytes.empty()) {
            ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
    }

    void answer() {
        while (!waiting_.empty() && waiting_.front().due <= clock::now() &&
               server_.what_ != h2_fault::never_answers) {
            peer_.answer(waiting_.front().stream, 200, "done");
            server_.note(has_acted_ ? outcome::served_close : outcome::ok);
            waiting_.pop_front();
            --server_.waiting_;
        }
    }

    void drop_all(outcome as) {
        server_.note(as, static_cast<int>(waiting_.size()));
        server_.waiting_ -= static_cast<int>(waiting_.size());
        waiting_.clear();
    }

    void reset_all(std::uint32_t code, outcome as) {
        for (const auto& one : waiting_) {
            peer_.reset(one.stream, code);
        }
        drop_all(as);
    }

    void act() {
        limit_ = peer_.last_stream;
        switch (server_.what_) {
            case h2_fault::none:
                limit_ = -1;
                peer_.give_notice();
                final_goaway_ = clock::now() + notice;
                break;
            case h2_fault::one_goaway:
                peer_.go_away(limit_);
                break;
            case h2_fault::no_goaway:
                drop_all(outcome::h2_no_goaway);
                break;
            case h2_fault::reset:
                drop_all(outcome::h2_no_goaway);
                sys::reset_on_close(fd_.get());
                is_over_ = true;
                break;
            case h2_fault::loses_promised:
                peer_.go_away(limit_);
                reset_all(NGHTTP2_INTERNAL_ERROR, outcome::h2_lost);
                break;
            case h2_fault::refuses_streams:
                reset_all(NGHTTP2_REFUSED_STREAM, outcome::h2_unprocessed);
                peer_.go_away(limit_);
                break;
            case h2_fault::goaway_error:
                peer_.go_away(limit_, NGHTTP2_INTERNAL_ERROR);
                drop_all(outcome::h2_goaway_error);
                break;
            case h2_fault::goaway_too_low:
                limit_ = 0;
                peer_.go_away(0);
                drop_all(outcome::h2_unprocessed);
                break;
            case h2_fault::never_answers:
                break;
        }
    }

    // FIN, and reads on: every request that was sent is in the books.
    void half_close() {
        is_half_closed_ = true;
        if (tls_ != nullptr) {
            SSL_shutdown(tls_);
        }
        sys::shutdown_writing(fd_.get());
    }

    h2_server& server_;
    SSL* tls_;
    sys::unique_fd& fd_;
    h2_peer peer_;
    std::deque<pending> waiting_;
    std::optional<moment> final_goaway_;
    std::int32_t limit_ = -1;  // streams above it are not looked at; -1: none was named
    bool has_acted_ = false;
    bool is_half_closed_ = false;
    bool is_over_ = false;
};

h2_server::h2_server(h2_fault what, std::chrono::milliseconds takes,
                     const test_certificate* certificate)
    : what_(what), takes_(takes) {
    const auto serve = [this](SSL* tls, sys::unique_fd& fd) { connection(*this, tls, fd).run(); };
    const peer::script script =
        certificate == nullptr ? peer::script([serve](sys::unique_fd& fd) { serve(nullptr, fd); })
                               : over_tls(*certificate, serve, {"h2"});
    peer_ = std::make_unique<peer>([this, script](sys::unique_fd& fd) {
        threads_.emplace_back([script, one = std::move(fd)]() mutable { script(one); });
    });
}

h2_server::~h2_server() {
    ended_ = true;
    peer_.reset();
    for (auto& one : threads_) {
        one.join();
    }
}

void h2_server::note(outcome one, int count) {
    if (count > 0) {
        const std::lock_guard lock(mutex_);
        books_[one] += static_cast<std::uint64_t>(count);
    }
}

std::map<outcome, std::uint64_t> h2_server::books() const {
    const std::lock_guard lock(mutex_);
    return books_;
}

}  // namespace lastcall::drill
