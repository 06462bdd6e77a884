// HTTP/2 (RFC 9113) on one connection: GET and POST, answers that take a while, and a stop
// with GOAWAY in two steps.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <string>

#include "service.hpp"
#include "stream.hpp"

namespace faulty {

class h2_session {
public:
    h2_session(service& shared, stream& bytes, std::string begun);
    h2_session(const h2_session&) = delete;
    h2_session& operator=(const h2_session&) = delete;
    ~h2_session();

    /// Blocks: until the connection has ended.
    void serve();

    // What nghttp2 calls, through the functions in h2_callbacks.cpp.
    void begin_stream(std::int32_t id);
    void take_field(std::int32_t id, std::string_view name, std::string_view value);
    void take_body(std::int32_t id, std::string_view bytes);
    void request_is_whole(std::int32_t id);
    void end_stream(std::int32_t id);
    std::size_t read_body(std::int32_t id, std::uint8_t* into, std::size_t room, bool& is_all);

private:
    struct exchange {
        std::string method, target, body, answer;
        std::string status = "200";
        std::size_t sent = 0;
        bool is_whole = false;
        bool is_answered = false;
        moment due{};
    };

    enum class stop_step : std::uint8_t { none, announced, done };

    bool flush();
    moment next_due() const;
    void answer_due();
    void answer(std::int32_t id, exchange& one);
    bool step_stop();
    bool strike_stop();
    void note(std::int32_t id, const exchange& one, fault what, const char* answer);

    service& service_;
    stream& stream_;
    std::string begun_;
    nghttp2_session* session_ = nullptr;
    std::map<std::int32_t, exchange> open_;
    std::int32_t last_ = 0;
    stop_step stop_ = stop_step::none;
    moment goaway_due_ = moment::max();
};

/// A server's session whose callbacks call `owner`.
[[nodiscard]] nghttp2_session* make_nghttp2_session(h2_session& owner);

}  // namespace faulty
