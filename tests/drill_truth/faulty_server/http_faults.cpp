// The faults of single HTTP/1.1 requests. Each is noted before it is done.
#include <random>
#include <thread>

#include "http_session.hpp"

namespace faulty {
namespace {

constexpr std::string_view half_body = "half of what was promised";

const char* const head_of_200 = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

/// A think time that its client may have as well: the close and the next request meet.
void wait_about(std::chrono::microseconds most) {
    static thread_local std::minstd_rand random(std::random_device{}());
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::nanoseconds(std::uniform_int_distribution<std::int64_t>(
                           0, std::chrono::nanoseconds(most).count())(random));
    while (std::chrono::steady_clock::now() < until) {
    }
}

}  // namespace

http_session::next http_session::strike(const request& asked) {
    const auto what = service_.told.what;
    switch (what) {
        case fault::lost_effect:
        case fault::unclaimed_effect:
            return take_order(asked, what);
        case fault::status_503:
            return strike_with_status(asked, "503 Service Unavailable", "Retry-After: 1\r\n");
        case fault::status_500:
            return strike_with_status(asked, "500 Internal Server Error", "");
        case fault::status_404:
            return strike_with_status(asked, "404 Not Found", "");
        case fault::idle_close:
        case fault::idle_race:
        case fault::idle_race_close:
            return answer_then_end(asked);
        default:
            break;
    }
    const std::string promised = head_of_200 + std::string("Content-Length: 1000\r\n\r\n");
    const std::string chunked = head_of_200 + std::string("Transfer-Encoding: chunked\r\n\r\n");
    const bool by_reset = what == fault::reset_before_response ||
                          what == fault::cut_body_length_reset ||
                          what == fault::cut_body_chunked_reset || what == fault::ok_then_reset;
    note(asked, what, by_reset ? "reset" : "fin");
    switch (what) {
        case fault::cut_head:
            return cut("HTTP/1.1 200 OK\r\nContent-Le", by_reset);
        case fault::cut_body_length:
        case fault::cut_body_length_reset:
            return cut(promised + std::string(half_body), by_reset);
        case fault::cut_body_chunked:
        case fault::cut_body_chunked_reset:
            return cut(chunked + "5\r\nhello\r\n", by_reset);
        case fault::ok_then_reset:
            return cut(head_of_200 + std::string("Connection: close\r\nContent-Length: 6\r\n\r\n"
                                                 "hello\n"),
                       by_reset);
        case fault::garbage:
            return cut("this is no HTTP\r\n\r\n", by_reset);
        case fault::hang_first:
            return hang({});
        case fault::hang_body:
            return hang(promised + std::string(half_body));
        case fault::tls_no_notify:
            stream_.write(head_of_200 + std::string("Connection: close\r\n\r\n") +
                          std::string(half_body));
            stream_.finish(false);
            stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
            return next::end;
        default:
            return cut({}, by_reset);
    }
}

http_session::next http_session::strike_with_status(const request& asked, const char* status,
                                                    const char* fields) {
    const bool ends = asked.wants_close || service_.announces_close();
    announced_ = ends;
    note(asked, service_.told.what, ends ? "close" : "keep");
    stream_.write("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n" + fields +
                  (ends ? "Connection: close\r\n" : "") + "\r\n");
    if (ends) {
        stream_.finish();
        stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    }
    return ends ? next::end : next::request;
}

http_session::next http_session::cut(const std::string& beginning, bool by_reset) {
    stream_.write(beginning);
    if (by_reset) {
        stream_.reset();
    } else {
        stream_.finish();
        stream_.linger(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    }
    return next::end;
}

/// Until the client has had enough of it.
http_session::next http_session::hang(const std::string& beginning) {
    stream_.write(beginning);
    std::string dropped;
    while (stream_.read(dropped, service_.given_up.descriptor(), moment::max()) ==
           stream::got::bytes) {
        dropped.clear();
    }
    return next::end;
}

/// A whole answer that announces nothing, and the end of the idle connection behind it. A
/// request that is here before the end is answered by idle_close: only what comes too late is
/// not. The races look first and end the connection a moment later: what comes between is lost.
http_session::next http_session::answer_then_end(const request& asked) {
    const auto what = service_.told.what;
    if (service_.announces_close()) {
        return answer(asked);
    }
    const auto answered = asked.method == "POST" ? take_order(asked, what)
                                                 : respond(asked, "200 OK", "hello\n", what);
    if (answered == next::end) {
        return next::end;
    }
    const bool is_careful = what == fault::idle_close;
    if (is_careful) {
        std::this_thread::sleep_for(service_.told.idle_for);
        stream_.hold_incoming();
    } else {
        wait_about(std::chrono::microseconds(400));
    }
    if (!buffer_.empty() || stream_.has_buffered() || stream_.unread() > 0) {
        stream_.release_incoming();
        return next::request;
    }
    if (!is_careful) {
        wait_about(std::chrono::microseconds(50));
    }
    ++nth_;
    end_idle(what != fault::idle_race_close);
    return next::end;
}

}  // namespace faulty
