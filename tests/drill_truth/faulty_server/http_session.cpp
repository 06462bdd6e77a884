#include "http_session.hpp"

#include <thread>
#include <utility>

#include "websocket_session.hpp"

namespace faulty {
namespace {

std::string head(const std::string& status, const std::string& fields) {
    return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\n" + fields + "\r\n";
}

std::string length_of(std::size_t bytes) {
    return "Content-Length: " + std::to_string(bytes) + "\r\n";
}

}  // namespace

void http_session::serve(std::string begun) {
    buffer_ = std::move(begun);
    got_anything_ = !buffer_.empty();
    while (serve_one() == next::request) {
        ++nth_;
    }
}

http_session::next http_session::serve_one() {
    const bool decides_unread = service_.told.what == fault::reset_unread && buffer_.empty();
    if (decides_unread && strike_unread()) {
        return next::end;
    }
    request asked;
    if (!read_head(asked) || !read_body(asked)) {
        return next::end;
    }
    if (!asked.websocket_key.empty()) {
        note(asked, fault::none, "101");
        websocket_session(service_, stream_, std::move(buffer_)).serve(asked.websocket_key);
        return next::end;
    }
    // Decided when the work is done: who was waiting at the signal can be struck as well.
    work(asked);
    const bool strikes = !decides_unread && service_.strikes(asked.method, asked.path);
    return strikes ? strike(asked) : answer(asked);
}

/// Before the first byte of a request the connection is idle, and may be told to end.
bool http_session::read_head(request& into) {
    const bool waits_for_silent = service_.told.what == fault::silent_blocks && !got_anything_;
    const int wake = (waits_for_silent ? service_.given_up : service_.idle_ended).descriptor();
    for (;;) {
        const auto end = buffer_.find("\r\n\r\n");
        if (end != std::string::npos) {
            const auto parsed = parse_head(std::string_view(buffer_).substr(0, end));
            buffer_.erase(0, end + 4);
            if (!parsed) {
                stream_.write(head("400 Bad Request", "Connection: close\r\n" + length_of(0)));
                stream_.finish();
                return false;
            }
            into = *parsed;
            return true;
        }
        const bool idle = buffer_.empty();
        const auto how =
            stream_.read(buffer_, idle ? wake : service_.given_up.descriptor(), moment::max());
        got_anything_ = got_anything_ || how == stream::got::bytes;
        if (how == stream::got::woken && idle) {
            stream_.hold_incoming();
            if (stream_.unread() > 0) {
                stream_.release_incoming();
                continue;  // it is not idle any more
            }
            end_idle();
        }
        if (how != stream::got::bytes) {
            return false;
        }
    }
}

bool http_session::read_body(request& into) {
    if (into.expects_continue && buffer_.size() < into.body_length) {
        stream_.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    while (buffer_.size() < into.body_length) {
        if (stream_.read(buffer_, service_.given_up.descriptor(), moment::max()) !=
            stream::got::bytes) {
            return false;
        }
    }
    into.body = buffer_.substr(0, into.body_length);
    buffer_.erase(0, into.body_length);
    return true;
}

/// Decides by a look at a request that stays in the kernel.
bool http_session::strike_unread() {
    std::string seen;
    if (stream_.wait_unread(seen, service_.idle_ended.descriptor(), moment::max()) !=
        stream::got::bytes) {
        return false;
    }
    const auto parsed = parse_head(std::string_view(seen).substr(0, seen.find("\r\n\r\n")));
    if (!parsed || !service_.strikes(parsed->method, parsed->path)) {
        return false;
    }
    note(*parsed, fault::reset_unread, "reset", false);
    stream_.reset();
    return true;
}

/// FIN first, so that the client learns of it; what crosses it is taken off the wire, and
/// counted: it was sent by a client that could not know.
void http_session::end_idle(bool lingers) {
    stream_.hold_incoming();
    const auto before = stream_.unread();
    stream_.finish();
    const auto between = stream_.unread();
    stream_.release_incoming();
    std::size_t after = between;
    if (lingers) {
        after = stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    } else {
        stream_.close();
    }
    service_.truth.add(truth_line("idle_end")
                           .number("peer", stream_.peer())
                           .number("requests", nth_)
                           .flag("announced", announced_)
                           .number("unread_before_fin", static_cast<std::int64_t>(before))
                           .number("unread_behind_fin", static_cast<std::int64_t>(between))
                           .number("bytes", static_cast<std::int64_t>(after)));
}

void http_session::note(const request& asked, fault what, const char* answer, bool taken) {
    service_.truth.add(truth_line("request")
                           .text("fault", to_string(what))
                           .text("protocol", "http1")
                           .number("peer", stream_.peer())
                           .number("nth", nth_)
                           .text("method", asked.method)
                           .text("target", asked.target)
                           .text("answer", answer)
                           .flag("taken", taken)
                           .flag("after_signal", service_.stopping.is_up()));
}

void http_session::work(const request& asked) const {
    auto time = std::chrono::milliseconds(query_number(asked.target, "ms"));
    if (asked.path == service_.told.target) {
        time = service_.told.work;
    }
    if (time.count() > 0 && asked.path != "/stream") {
        std::this_thread::sleep_for(time);
    }
}

http_session::next http_session::answer(const request& asked) {
    if (asked.path == "/ready") {
        return service_.is_ready() ? respond(asked, "200 OK", "ready\n")
                                   : respond(asked, "503 Service Unavailable", "stopping\n");
    }
    if (asked.path == "/stream") {
        return respond_in_chunks(asked);
    }
    if (asked.path == "/big") {
        const auto size = static_cast<std::size_t>(query_number(asked.target, "kb")) * 1024;
        return respond(asked, "200 OK", std::string(size, 'b'));
    }
    if (asked.method == "POST") {
        return take_order(asked, fault::none);
    }
    if (asked.path == "/orders") {
        return respond(asked, "200 OK", service_.orders());
    }
    const bool known =
        asked.path == "/" || asked.path == "/slow" || asked.path == service_.told.target;
    return known ? respond(asked, "200 OK", "hello\n")
                 : respond(asked, "404 Not Found", "there is nothing\n");
}

http_session::next http_session::take_order(const request& asked, fault what) {
    const auto id = id_of(asked.body);
    const bool kept = what != fault::lost_effect;
    if (kept) {
        service_.keep_order(id);
    }
    service_.truth.add(truth_line("effect")
                           .text("id", id)
                           .flag("kept", kept)
                           .flag("acknowledged", what != fault::unclaimed_effect));
    if (what == fault::unclaimed_effect) {
        note(asked, what, "reset");
        stream_.reset();
        return next::end;
    }
    return respond(asked, "201 Created", "{\"id\":\"" + id + "\"}", what);
}

/// `what` is noted, and changes nothing.
http_session::next http_session::respond(const request& asked, const std::string& status,
                                         const std::string& body, fault what) {
    const bool ends = asked.wants_close || service_.announces_close();
    announced_ = ends;
    note(asked, what, ends ? "close" : "keep");
    const auto fields = length_of(body.size()) + (ends ? "Connection: close\r\n" : "");
    if (!stream_.write(head(status, fields) + body)) {
        return next::end;
    }
    if (ends) {
        stream_.finish();
        stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
        return next::end;
    }
    return next::request;
}

http_session::next http_session::respond_in_chunks(const request& asked) {
    const bool ends = asked.wants_close || service_.announces_close();
    announced_ = ends;
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::milliseconds(query_number(asked.target, "ms"));
    bool alive = stream_.write(head("200 OK", std::string("Transfer-Encoding: chunked\r\n") +
                                                  (ends ? "Connection: close\r\n" : "")));
    while (alive && std::chrono::steady_clock::now() < until) {
        alive = stream_.write("5\r\ntick\n\r\n");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    note(asked, fault::none, ends ? "close" : "keep");
    if (!alive || !stream_.write("0\r\n\r\n")) {
        return next::end;
    }
    if (ends || service_.announces_close()) {
        stream_.finish();
        stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
        return next::end;
    }
    return next::request;
}

}  // namespace faulty
