// What a client is sent: answers, streams, and what the kernel would not take at once.
#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <charconv>

#include "adapters/http/connection.hpp"

namespace lastcall::http {

namespace {

// Bodies up to this size are copied behind their head and sent with it.
constexpr std::size_t small_body = 8 * 1024;

}  // namespace

void connection::answer(response with, lastcall::pass inside, unsigned version, bool keep_alive,
                        bool head_only) {
    if (!is_open()) {
        return;
    }
    pass_ = std::move(inside);
    keep_alive_ = will_keep_alive(keep_alive);
    std::string& head = loop_.head;
    head.clear();
    const bool has_body = may_have_body(with.result());
    append_head(head, with, has_body ? framing::content_length : framing::no_body,
                with.body().size(), version, keep_alive_);
    if (!has_body || head_only) {
        write(head, {});
    } else if (with.body().size() <= small_body) {
        head += with.body();
        write(head, {});
    } else {
        write(head, with.body());
    }
    if (out_.empty()) {
        written();
    }
}

// Sends as much as goes and keeps the rest; never reports: the caller looks at `out_`.
void connection::write(std::string_view head, std::string_view body) {
    while (out_.empty() && !(head.empty() && body.empty())) {
        const io_result sent = transport_.write(head, body);
        if (sent.what == io_result::kind::done) {
            const std::size_t of_head = std::min(sent.bytes, head.size());
            head.remove_prefix(of_head);
            body.remove_prefix(sent.bytes - of_head);
            continue;
        }
        if (sent.what != io_result::kind::wants_write && sent.what != io_result::kind::wants_read) {
            close();
            return;
        }
        out_.append(head).append(body);
        loop_.move(*this, phase::writing);
        wait_until_writable(sent.what);
        return;
    }
    out_.append(head).append(body);
}

void connection::wait_until_writable(io_result::kind wants) {
    wants == io_result::kind::wants_read ? wait_for_input() : wait_for_room();
}

void connection::wait_for_room() {
    if (!waits_for_room_ && is_open()) {
        waits_for_room_ = true;
        wait(false, [self = shared_from_this()](boost::system::error_code error) {
            self->waits_for_room_ = false;
            if (!error) {
                self->resume();
            }
        });
    }
}

void connection::flush() {
    while (out_done_ < out_.size()) {
        const io_result sent = transport_.write(std::string_view(out_).substr(out_done_), {});
        if (sent.what == io_result::kind::wants_write || sent.what == io_result::kind::wants_read) {
            wait_until_writable(sent.what);
            return;
        }
        if (sent.what != io_result::kind::done) {
            close();
            return;
        }
        out_done_ += sent.bytes;
        if (!has_parted()) {
            loop_.move(*this, phase::writing);  // it takes something: the limit begins anew
        }
    }
    std::string().swap(out_);
    out_done_ = 0;
    written();
}

void connection::written() {
    if (!is_open()) {
        return;
    }
    tell_stream(true);
    if (streaming_) {
        loop_.move(*this, phase::handling);
    } else if (busy_) {
        finish_exchange();
    } else {
        settle();  // it was an interim response
    }
}

// Posted: a callback that writes the next chunk must not do so on top of this one's stack.
void connection::tell_stream(bool is_alive) {
    for (auto& callback : std::exchange(chunks_written_, {})) {
        boost::asio::post(*context_,
                          [callback = std::move(callback), is_alive] { callback(is_alive); });
    }
}

void connection::finish_exchange() {
    pass_.end();
    busy_ = false;
    streaming_ = false;
    current_.clear();
    if (!keep_alive_) {
        begin_linger(phase::lingering);
        return;
    }
    if (taking_) {
        return;  // `take` goes on with what is left
    }
    loop_.move(*this, phase::idle);
    if (!in_.empty()) {
        // What follows was kept; `take` appends to it and starts over.
        take({});
    }
    if (is_open() && !busy_) {
        transport_.is_tls() ? read() : wait_for_input();
    }
}

// ---- streams ----------------------------------------------------------------

void connection::begin_stream(const response& with, lastcall::pass inside, unsigned version,
                              bool keep_alive, bool head_only,
                              std::unique_ptr<endless_body> endless) {
    if (!is_open()) {
        if (endless != nullptr) {
            endless_ = std::move(endless);
            tell_over();
        }
        return;
    }
    pass_ = std::move(inside);
    streaming_ = true;
    endless_ = std::move(endless);
    stream_chunked_ = version >= 11;
    stream_muted_ = head_only || !may_have_body(with.result());
    keep_alive_ = stream_chunked_ && will_keep_alive(keep_alive);
    loop_.head.clear();
    const framing how = !may_have_body(with.result()) ? framing::no_body
                        : stream_chunked_             ? framing::chunked
                                                      : framing::until_close;
    append_head(loop_.head, with, how, 0, version, keep_alive_);
    write(loop_.head, {});
    if (endless_ != nullptr) {
        loop_.is_draining() ? end_endless() : watch_for_end();
    }
}

// ---- streams without an end of their own ---------------------------------------

void connection::end_endless() {
    if (!is_open() || !streaming_ || endless_ == nullptr) {
        return;
    }
    keep_alive_ = false;  // the application's handle must not reach another response
    stream_chunk(endless_->farewell, {});
    end_stream(true);
    // A client that takes nothing is not waited for longer than one that does not close.
    if (is_open() && !out_.empty()) {
        loop_.move(*this, phase::lingering);
    }
}

// Between two chunks nothing would notice that the client has gone. What it sends instead
// is the next request, and waits for the end of this response.
void connection::watch_for_end() {
    while (is_open() && streaming_ && in_.size() <= loop_.shared.options.header_limit) {
        const io_result got = transport_.read(loop_.scratch.data(), loop_.scratch.size());
        if (got.what == io_result::kind::done) {
            in_.append(loop_.scratch.data(), got.bytes);
        } else if (got.what == io_result::kind::wants_read) {
            wait_for_input();
            return;
        } else if (got.what == io_result::kind::wants_write) {
            return;  // the write that is under way goes on first
        } else {
            close();
            return;
        }
    }
}

void connection::tell_over() {
    if (const auto endless = std::exchange(endless_, nullptr); endless && endless->over) {
        boost::asio::post(*context_, std::move(endless->over));
    }
}

// ---- chunks --------------------------------------------------------------------

void connection::stream_chunk(std::string_view chunk, std::function<void(bool)> on_written) {
    if (!is_open() || !streaming_) {
        if (on_written) {
            boost::asio::post(*context_, [tell = std::move(on_written)] { tell(false); });
        }
        return;
    }
    if (on_written) {
        chunks_written_.push_back(std::move(on_written));
    }
    if (!chunk.empty() && !stream_muted_) {
        std::string& framed = loop_.head;
        framed.clear();
        if (stream_chunked_) {
            std::array<char, 20> size{};
            const auto end =
                std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
            framed.append(size.data(), end).append("\r\n").append(chunk).append("\r\n");
        } else {
            framed.append(chunk);
        }
        write(framed, {});
    }
    if (out_.empty()) {
        written();
    }
}

void connection::end_stream(bool properly) {
    if (!is_open() || !streaming_) {
        return;
    }
    if (!properly) {
        cut();  // the client must see that the body is not whole
        return;
    }
    streaming_ = false;
    tell_over();
    // A stream that began before the stop and ends in it tells the client to leave.
    keep_alive_ = keep_alive_ && will_keep_alive(true);
    if (stream_chunked_ && !stream_muted_) {
        write("0\r\n\r\n", {});
    }
    if (out_.empty()) {
        written();
    }
}

}  // namespace lastcall::http
