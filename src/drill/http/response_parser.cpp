#include "drill/http/response_parser.hpp"

#include <algorithm>
#include <charconv>

#include "drill/http/text.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t longest_head = 64 * 1024;

/// Calls `visit(name, value)` for each field of a head whose lines end in '\n'.
template <class Visit>
void for_each_field(std::string_view head, Visit visit) {
    auto rest = head.substr(std::min(head.size(), head.find('\n')));
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size());
        if (const auto colon = line.find(':'); colon != std::string_view::npos) {
            visit(line.substr(0, colon), trimmed(line.substr(colon + 1)));
        }
    }
}

}  // namespace

void response_parser::begin(bool answers_head) {
    answers_head_ = answers_head;
    malformed_ = complete_ = in_body_ = close_announced_ = http_1_0_ = false;
    status_ = 0;
    framing_ = framing::none;
    remaining_ = bytes_ = body_bytes_ = 0;
    line_start_ = 0;
    head_.clear();
    body_.clear();
    chunks_ = {};
}

std::size_t response_parser::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !complete_ && !malformed_) {
        const auto rest = bytes.substr(used);
        used += in_body_ ? feed_body(rest) : feed_head(rest);
    }
    bytes_ += used;
    return used;
}

void response_parser::end_of_input() noexcept {
    if (in_body_ && framing_ == framing::until_end) {
        complete_ = true;
    }
}

progress response_parser::got() const noexcept {
    if (complete_) {
        return progress::complete;
    }
    if (in_body_) {
        return progress::body;
    }
    return bytes_ == 0 ? progress::nothing : progress::head;
}

std::optional<std::string_view> response_parser::field(std::string_view name) const {
    std::optional<std::string_view> found;
    for_each_field(head_, [&](std::string_view field_name, std::string_view value) {
        if (!found && equals_ignoring_case(field_name, name)) {
            found = value;
        }
    });
    return found;
}

std::size_t response_parser::feed_head(std::string_view bytes) {
    const auto newline = bytes.find('\n');
    const bool whole = newline != std::string_view::npos;
    const auto used = whole ? newline + 1 : bytes.size();
    head_.append(bytes.substr(0, used));
    if (head_.size() > longest_head) {
        malformed_ = true;
    } else if (whole) {
        head_line_ended();
    }
    return used;
}

void response_parser::head_line_ended() {
    // Lines end in CR LF; the CR is taken out, the LF separates the lines of head_.
    const auto size = head_.size();
    if (size - line_start_ < 2 || head_[size - 2] != '\r') {
        malformed_ = true;
        return;
    }
    head_.erase(size - 2, 1);
    const auto line = std::string_view(head_).substr(line_start_, size - 2 - line_start_);
    if (line_start_ == 0) {
        malformed_ = !parse_status_line(line);
    } else if (line.empty()) {
        head_ended();
        return;
    } else {
        // No name before the colon, or white space in it, is an error (RFC 9112, 5.1);
        // so is a folded line (5.2).
        const auto colon = line.find(':');
        malformed_ = colon == std::string_view::npos || colon == 0 ||
                     line.substr(0, colon).find_first_of(" \t") != std::string_view::npos;
    }
    line_start_ = head_.size();
}

bool response_parser::parse_status_line(std::string_view line) {
    // HTTP/1.1 200 OK
    if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ' ||
        (line.size() > 12 && line[12] != ' ')) {
        return false;
    }
    http_1_0_ = line[7] == '0';
    const auto parsed = std::from_chars(line.data() + 9, line.data() + 12, status_);
    return parsed.ec == std::errc{} && parsed.ptr == line.data() + 12 && status_ >= 100;
}

void response_parser::head_ended() {
    if (status_ < 200 && status_ != 101) {
        // An interim response: the final one follows (RFC 9110, 15.2).
        head_.clear();
        line_start_ = 0;
        status_ = 0;
        return;
    }
    if (!choose_framing()) {
        malformed_ = true;
        return;
    }
    in_body_ = framing_ != framing::none;
    complete_ = framing_ == framing::none;
}

/// RFC 9112, 6.3, in its order.
bool response_parser::choose_framing() {
    bool keep_alive = false;
    bool sane = true;
    bool coded = false;
    bool chunked_last = false;
    std::optional<std::uint64_t> length;
    for_each_field(head_, [&](std::string_view name, std::string_view value) {
        if (equals_ignoring_case(name, "connection")) {
            close_announced_ = close_announced_ || has_token(value, "close");
            keep_alive = keep_alive || has_token(value, "keep-alive");
        } else if (equals_ignoring_case(name, "transfer-encoding")) {
            coded = true;
            chunked_last = last_token_is(value, "chunked");
        } else if (equals_ignoring_case(name, "content-length")) {
            std::uint64_t parsed = 0;
            sane = sane && parse_number(value, parsed) && (!length || *length == parsed);
            length = parsed;
        }
    });
    if (http_1_0_ && !keep_alive) {
        close_announced_ = true;
    }
    if (answers_head_ || status_ < 200 || status_ == 204 || status_ == 304) {
        framing_ = framing::none;
        return true;
    }
    if (coded && chunked_last) {
        framing_ = framing::chunked;
    } else if (!coded && length) {
        remaining_ = *length;
        framing_ = *length == 0 ? framing::none : framing::length;
    } else {
        framing_ = framing::until_end;
        close_announced_ = true;
    }
    return sane;
}

std::size_t response_parser::feed_body(std::string_view bytes) {
    if (framing_ == framing::chunked) {
        const auto used = chunks_.feed(bytes, body_, keep_);
        body_bytes_ = chunks_.size();
        complete_ = chunks_.now() == chunk_reader::state::complete;
        malformed_ = chunks_.now() == chunk_reader::state::malformed;
        return used;
    }
    const auto used =
        framing_ == framing::length
            ? static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()))
            : bytes.size();
    body_.append(bytes.substr(0, std::min(used, keep_ - std::min(keep_, body_.size()))));
    body_bytes_ += used;
    if (framing_ == framing::length) {
        remaining_ -= used;
        complete_ = remaining_ == 0;
    }
    return used;
}

}  // namespace lastcall::drill
