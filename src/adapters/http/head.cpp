#include "adapters/http/head.hpp"

#include <array>
#include <charconv>
#include <ctime>

namespace lastcall::http {
namespace {

// IMF-fixdate (RFC 9110, section 5.6.7), made once a second for each thread.
std::string_view date_line() {
    thread_local std::time_t made_at = 0;
    thread_local std::array<char, 64> line{};
    thread_local std::size_t length = 0;
    const std::time_t now = std::time(nullptr);
    if (now != made_at) {
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        length = std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
        made_at = now;
    }
    return {line.data(), length};
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

bool is_ours(field name) {
    return name == field::content_length || name == field::transfer_encoding ||
           name == field::connection || name == field::date;
}

}  // namespace

bool may_have_body(status code) noexcept {
    const auto number = static_cast<unsigned>(code);
    return number >= 200 && code != status::no_content && code != status::not_modified;
}

void append_head(std::string& out, const response& answer, framing how, std::size_t body_size,
                 unsigned http_version, bool keep_alive) {
    out += http_version >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ";
    append_number(out, answer.result_int());
    out += ' ';
    out += std::string_view(answer.reason());
    out += "\r\n";
    for (const auto& f : answer) {
        if (!is_ours(f.name())) {
            out += std::string_view(f.name_string());
            out += ": ";
            out += std::string_view(f.value());
            out += "\r\n";
        }
    }
    out += date_line();
    if (how == framing::content_length) {
        out += "Content-Length: ";
        append_number(out, body_size);
        out += "\r\n";
    } else if (how == framing::chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    }
    if (!keep_alive) {
        out += "Connection: close\r\n";
    } else if (http_version < 11) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

}  // namespace lastcall::http
