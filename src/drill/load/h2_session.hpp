// The protocol of one HTTP/2 connection from the client's side, RFC 9113, without a socket:
// bytes go in and come out, and what became of each stream is a value. Answers PING and
// SETTINGS, opens the window again as it reads, and never repeats a request.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/classify.hpp"

struct nghttp2_session;

namespace lastcall::drill {

/// One request and how far its answer has come.
struct h2_stream {
    std::uint32_t id = 0;
    progress got = progress::nothing;
    int status = 0;
    bool retry_after = false;
    bool was_reset = false;  ///< the server's RST_STREAM, before the answer was complete
    std::uint32_t reset_code = 0;
    bool is_malformed = false;  ///< the answer breaks RFC 9113, 8.1
    bool after_goaway = false;  ///< GOAWAY had come when it ended
    std::int64_t first_byte_ns = 0;
    std::uint64_t bytes = 0;  ///< of its frames
    std::uint64_t body_bytes = 0;
    std::optional<std::uint64_t> length;  ///< Content-Length
    std::string instance;                 ///< value of the field that names the server
};

struct h2_request {
    std::string_view scheme;
    std::string_view authority;
    std::string_view path;
};

struct h2_goaway {
    std::uint32_t last_stream = 0;
    std::uint32_t code = 0;
};

class h2_session {
public:
    /// `instance_field`  name of a response field; its value is kept
    /// Its first output is the connection's preface. Errors: std::bad_alloc.
    explicit h2_session(std::string_view instance_field = {});
    h2_session(const h2_session&) = delete;
    h2_session& operator=(const h2_session&) = delete;
    ~h2_session();

    /// Whether another stream may be opened now: no GOAWAY came, the server's limit of
    /// concurrent streams is not reached, and there are numbers left.
    [[nodiscard]] bool can_open() const noexcept;

    /// A GET. Returns: the stream's number; 0 when can_open() is false.
    std::uint32_t open(const h2_request& what);

    /// RST_STREAM with CANCEL: it is forgotten, and not given out as ended.
    void cancel(std::uint32_t stream);

    /// GOAWAY: nothing more will be asked.
    void say_goodbye();

    /// Takes bytes of the server. Returns: false when they are no HTTP/2; nothing more is
    /// read then, and problem() says what is wrong. Output may follow in either case.
    bool feed(std::string_view bytes, std::int64_t now_ns);

    /// What is to be sent, given out once.
    [[nodiscard]] std::string take_output();

    /// Streams that have ended since the last call, in that order.
    [[nodiscard]] std::vector<h2_stream> take_ended();

    /// The others.
    [[nodiscard]] const std::map<std::uint32_t, h2_stream>& open_streams() const noexcept {
        return streams_;
    }

    /// The server's SETTINGS have come: it speaks HTTP/2.
    [[nodiscard]] bool is_settled() const noexcept { return is_settled_; }
    /// The last one that came: a server may lower the number.
    [[nodiscard]] const std::optional<h2_goaway>& goaway() const noexcept { return goaway_; }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    struct callbacks;  // of the library: they fill what follows
    friend struct callbacks;

    struct free_session {
        void operator()(nghttp2_session* one) const noexcept;
    };

    [[nodiscard]] h2_stream* find(std::int32_t id) noexcept;

    std::string instance_field_;
    std::unique_ptr<nghttp2_session, free_session> session_;
    std::map<std::uint32_t, h2_stream> streams_;
    std::vector<h2_stream> ended_;
    std::optional<h2_goaway> goaway_;
    std::string problem_;
    std::int64_t now_ns_ = 0;  // of the feed() that runs
    bool is_settled_ = false;
};

}  // namespace lastcall::drill
