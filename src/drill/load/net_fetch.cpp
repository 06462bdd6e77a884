#include <poll.h>

#include <array>
#include <ctime>

#include "drill/http/response_parser.hpp"
#include "drill/load/fetch.hpp"
#include "drill/load/transport.hpp"
#include "sys/error_text.hpp"

namespace lastcall::drill {
namespace {

using sys::io_status;

constexpr std::size_t most_kept = std::size_t{256} << 20;

/// Waits for the socket. Returns: false when the time is up.
bool wait_for(const transport& link, bool writable, moment until) {
    const auto left = std::max<std::int64_t>(0, nanoseconds(until) - nanoseconds(clock::now()));
    pollfd one{link.fd(), static_cast<short>(POLLIN | (writable ? POLLOUT : 0)), 0};
    const timespec limit{static_cast<std::time_t>(left / 1'000'000'000),
                         static_cast<long>(left % 1'000'000'000)};
    // EINTR counts as readiness: the caller tries, and comes back.
    return left > 0 && ::ppoll(&one, 1, &limit, nullptr) != 0;
}

std::string words(const transport& link, io_status status, int error) {
    if (auto text = link.tls_problem(); !text.empty()) {
        return text;
    }
    switch (status) {
        case io_status::refused:
            return "connection refused";
        case io_status::reset:
            return "connection reset";
        case io_status::end:
            return "closed before the end of the response";
        default:
            return std::string(sys::error_text(error));
    }
}

/// Repeats `step` while it would block. Returns: what it gave at last, or nothing in time.
template <class Step>
bool complete(transport& link, bool writable, moment until, std::string& problem, Step step) {
    for (;;) {
        const auto made = step();
        if (made.status == io_status::done) {
            return true;
        }
        if (made.status != io_status::would_block) {
            problem = words(link, made.status, made.error);
            return false;
        }
        if (!wait_for(link, writable || link.wants_to_write(), until)) {
            problem = "no answer in time";
            return false;
        }
    }
}

bool send_all(transport& link, std::string_view text, moment until, std::string& problem) {
    while (!text.empty()) {
        std::size_t sent = 0;
        const bool done = complete(link, true, until, problem, [&] {
            const auto made = link.send(text);
            sent = made.size;
            return made;
        });
        if (!done) {
            return false;
        }
        text.remove_prefix(sent);
    }
    return complete(link, true, until, problem, [&] { return link.flush(); });
}

}  // namespace

bool speaks_tls(const load_target& at, std::chrono::nanoseconds limit) {
    const auto until = clock::now() + limit;
    auto any = at;
    any.uses_tls = true;
    any.verifies = false;
    transport link;
    std::string ignored;
    const auto begun = link.begin_connect(any, make_tls_context(any, {}));
    return (begun.status == io_status::done || begun.status == io_status::would_block) &&
           wait_for(link, true, until) &&
           complete(link, true, until, ignored, [&] { return link.connect_result(); }) &&
           complete(link, false, until, ignored, [&] { return link.handshake(); });
}

fetched fetch(const load_target& from, const std::string& target, std::chrono::nanoseconds limit) {
    fetched made;
    const auto until = clock::now() + limit;
    const std::array<std::string, 1> protocols{"http/1.1"};
    transport link;
    const auto begun =
        link.begin_connect(from, from.uses_tls ? make_tls_context(from, protocols) : nullptr);
    if (begun.status != io_status::done && begun.status != io_status::would_block) {
        made.problem = words(link, begun.status, begun.error);
        return made;
    }
    if (begun.status == io_status::would_block && !wait_for(link, true, until)) {
        made.problem = "the connection was not made in time";
        return made;
    }
    const std::string request =
        "GET " + target + " HTTP/1.1\r\nHost: " + from.host + "\r\nConnection: close\r\n\r\n";
    if (!complete(link, true, until, made.problem, [&] { return link.connect_result(); })) {
        return made;
    }
    if (!complete(link, false, until, made.problem, [&] { return link.handshake(); })) {
        made.is_tls_fault = !link.tls_problem().empty();
        made.problem = made.is_tls_fault ? "TLS: " + made.problem : made.problem;
        return made;
    }
    if (!send_all(link, request, until, made.problem)) {
        return made;
    }
    response_parser parser(false, most_kept);
    std::array<char, 16 * 1024> buffer;
    while (parser.got() != progress::complete && !parser.malformed()) {
        const auto got = link.receive(buffer);
        if (got.status == io_status::done) {
            parser.feed({buffer.data(), got.size});
        } else if (got.status == io_status::would_block) {
            if (!wait_for(link, link.wants_to_write(), until)) {
                made.problem = "no answer in time";
                return made;
            }
        } else {
            if (got.status == io_status::end) {
                parser.end_of_input();
            }
            if (parser.got() != progress::complete) {
                made.problem = words(link, got.status, got.error);
                return made;
            }
        }
    }
    if (parser.malformed()) {
        made.problem = "what came is no HTTP/1.1 response";
        return made;
    }
    made.status = parser.status();
    made.body = parser.body();
    return made;
}

}  // namespace lastcall::drill
