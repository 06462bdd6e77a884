// Reads one HTTP/1.x response as its bytes arrive, and knows at every byte how much of it
// is proven. Where it ends is decided by RFC 9112, section 6.3, and by nothing else: a body
// that was cut is never taken for a short one. It reads no socket and holds no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drill/http/chunk_reader.hpp"
#include "drill/record/classify.hpp"

namespace lastcall::drill {

class response_parser {
public:
    /// `answers_head`  the request was a HEAD: the response has no body.
    /// `keep`          bytes of the body that are kept for body(); the rest is only counted.
    explicit response_parser(bool answers_head = false, std::size_t keep = 4096)
        : answers_head_(answers_head), keep_(keep) {}

    /// For the next response; what was reserved for the last one is kept.
    void begin(bool answers_head);

    /// Takes bytes as they come.
    /// Returns: how many of them belong to this response. Less than all of them: it is
    ///          complete (the rest was not asked for) or malformed.
    std::size_t feed(std::string_view bytes);

    /// The server's FIN: completes a body that is delimited by it.
    void end_of_input() noexcept;

    [[nodiscard]] progress got() const noexcept;
    [[nodiscard]] bool malformed() const noexcept { return malformed_; }

    /// The final status; 0 until its line was read.
    [[nodiscard]] int status() const noexcept { return status_; }

    /// Whether the connection ends with this response: `Connection: close`, HTTP/1.0
    /// without keep-alive, or a body delimited by the end.
    [[nodiscard]] bool close_announced() const noexcept { return close_announced_; }

    /// The value of a header field, the first if there are several; names in any case.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;

    /// What was kept of the body, without transfer coding.
    [[nodiscard]] std::string_view body() const noexcept { return body_; }

    /// Of a body with a length: bytes that have not come.
    [[nodiscard]] std::uint64_t missing() const noexcept {
        return in_body_ && framing_ == framing::length ? remaining_ : 0;
    }

    /// Whether only the connection's end ends the body.
    [[nodiscard]] bool ends_with_connection() const noexcept {
        return in_body_ && framing_ == framing::until_end;
    }

    /// Bytes of the body so far, without transfer coding.
    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

    /// All bytes that were taken, heads of interim responses included.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    enum class framing : std::uint8_t { none, length, chunked, until_end };

    void head_line_ended();
    void head_ended();
    bool parse_status_line(std::string_view line);
    bool choose_framing();
    std::size_t feed_head(std::string_view bytes);
    std::size_t feed_body(std::string_view bytes);

    bool answers_head_;
    std::size_t keep_;
    bool malformed_ = false;
    bool complete_ = false;
    bool in_body_ = false;
    bool close_announced_ = false;
    bool http_1_0_ = false;
    int status_ = 0;
    framing framing_ = framing::none;
    std::uint64_t remaining_ = 0;  // of a body with a length
    std::uint64_t bytes_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::string head_;            // whole lines, each ended by one '\n'
    std::size_t line_start_ = 0;  // of the line that is being read, in head_
    std::string body_;
    chunk_reader chunks_;
};

}  // namespace lastcall::drill
