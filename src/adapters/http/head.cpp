#include "adapters/http/head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace lastcall::http {
namespace {

// IMF-fixdate (RFC 9110, section 5.6.7), made once a second for each thread. Not with
// strftime(3): its names follow the locale of the application.
std::string_view date_line() {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    thread_local std::time_t made_at = 0;
    thread_local std::array<char, 96> line{};
    thread_local std::size_t length = 0;
    const std::time_t now = std::time(nullptr);
    if (now != made_at) {
        std::tm t{};
        ::gmtime_r(&now, &t);
        const int n =
            std::snprintf(line.data(), line.size(), "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n",
                          days[static_cast<std::size_t>(t.tm_wday)], t.tm_mday,
                          months[static_cast<std::size_t>(t.tm_mon)], t.tm_year + 1900, t.tm_hour,
                          t.tm_min, t.tm_sec);
        length = static_cast<std::size_t>(n);
        made_at = now;
    }
    return {line.data(), length};
}

// RFC 9110, section 5.5: CR, LF and NUL in a value become spaces. What comes from a client
// and is put into a field must not begin a second response.
void append_value(std::string& out, std::string_view text) {
    for (const char c : text) {
        out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    }
}

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               marks.find(c) != std::string_view::npos;
    });
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
    append_value(out, std::string_view(answer.reason()));
    out += "\r\n";
    for (const auto& f : answer) {
        if (!is_ours(f.name()) && is_token(std::string_view(f.name_string()))) {
            out += std::string_view(f.name_string());
            out += ": ";
            append_value(out, std::string_view(f.value()));
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
