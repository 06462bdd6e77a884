// Whatever a client sends, the server answers each request once, in a form that our own
// client reads, hands the handler nothing that is ambiguous, and closes when the client has.
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <lastcall/http.hpp>
#include <mutex>
#include <vector>

#include "drill/http/response_parser.hpp"
#include "fuzz/target.hpp"
#include "sys/socket/socket_client.hpp"

namespace {

using namespace lastcall;
using fuzz::must;

struct seen_request {
    bool is_head;
    std::string fault;
};

std::string_view value_of(const http::request& r, http::field name) {
    const auto value = r[name];
    return {value.data(), value.size()};
}

// The number in `text` without zeros in front (RFC 9110, section 8.6).
std::string_view digits_of(std::string_view text) {
    const auto first = text.find_first_not_of('0');
    return first == text.npos ? "0" : text.substr(first);
}

std::string fault_of(const http::request& r) {
    for (const auto& f : r) {
        const std::string_view value(f.value().data(), f.value().size());
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
            return "a line end or NUL in a field";
        }
    }
    const auto lengths = r.count(http::field::content_length);
    const auto codings = r.count(http::field::transfer_encoding);
    if (lengths + codings > 1) {
        return "two lengths of one body";
    }
    if (codings == 1 && value_of(r, http::field::transfer_encoding).size() != 7) {
        return "another coding than chunked";
    }
    if (r.version() >= 11 && r.count(http::field::host) != 1) {
        return "no Host, or more than one";
    }
    if (lengths == 1 &&
        digits_of(value_of(r, http::field::content_length)) != std::to_string(r.body().size())) {
        return "a body of another length";
    }
    if (lengths + codings == 0 && !r.body().empty()) {
        return "a body without a length";
    }
    const std::string_view target(r.target().data(), r.target().size());
    return target.find_first_of(" \r\n") == target.npos ? "" : "a space in the target";
}

class service {
public:
    std::string answers_to(std::string_view input) {
        const sys::unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sys::endpoint at = sys::endpoint::loopback(server_.port());
        const timeval patience{10, 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        must(::connect(fd.get(), at.address(), at.size()) == 0, "nobody listens");
        ::send(fd.get(), input.data(), input.size(), MSG_NOSIGNAL);
        ::shutdown(fd.get(), SHUT_WR);
        std::string answers;
        char buffer[16 * 1024];
        for (;;) {
            const ssize_t n = ::recv(fd.get(), buffer, sizeof buffer, 0);
            must(n >= 0 || errno == ECONNRESET, "the server keeps the connection open");
            if (n <= 0) {
                return answers;
            }
            answers.append(buffer, static_cast<std::size_t>(n));
        }
    }

    std::vector<seen_request> take_seen() {
        const std::lock_guard lock(mutex_);
        return std::exchange(seen_, {});
    }

private:
    void answer(http::exchange x) {
        {
            const std::lock_guard lock(mutex_);
            seen_.push_back({x.request().method() == http::verb::head, fault_of(x.request())});
        }
        std::move(x).respond(http::status::ok, "text/plain", "ok\n");
    }

    std::mutex mutex_;
    std::vector<seen_request> seen_;
    lifecycle life_;
    http::server server_{life_,
                         {.listen = "127.0.0.1:0",
                          .threads = 1,
                          .header_limit = 2048,
                          .body_limit = 2048,
                          .loop_limit = std::chrono::milliseconds{0}},
                         [this](http::exchange x) { answer(std::move(x)); }};
};

}  // namespace

LASTCALL_FUZZ_TARGET(http_request) {
    static service tested;
    const std::string answers = tested.answers_to(input.substr(0, 16 * 1024));
    const auto seen = tested.take_seen();
    std::string_view rest = answers;
    std::size_t responses = 0;
    while (!rest.empty()) {
        must(responses <= seen.size(), "more is answered than was asked");
        const bool is_rejection = responses == seen.size();
        drill::response_parser reader(!is_rejection && seen[responses].is_head);
        rest.remove_prefix(reader.feed(rest));
        if (reader.status() == 0 && reader.got() != drill::progress::complete &&
            !reader.malformed() && rest.empty()) {
            break;  // 100 Continue, and then the client was gone
        }
        must(!reader.malformed(), "a response is malformed");
        must(reader.got() == drill::progress::complete, "a response is cut");
        must(is_rejection == (reader.status() != 200), "a response to the wrong request");
        must(!is_rejection || reader.close_announced(), "a rejection keeps the connection");
        ++responses;
    }
    must(responses >= seen.size(), "a request was not answered");
    for (const seen_request& one : seen) {
        must(one.fault.empty(), "the handler got " + one.fault);
    }
}
