// The server's side of an HTTP/2 connection, for tests: it does what it is told, also what a
// server must not do. Bytes go in and come out.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::drill {

class h2_peer {
public:
    /// `most_streams`  its SETTINGS_MAX_CONCURRENT_STREAMS; 0: it sets none
    explicit h2_peer(std::uint32_t most_streams = 0);
    h2_peer(const h2_peer&) = delete;
    h2_peer& operator=(const h2_peer&) = delete;
    ~h2_peer();

    struct request {
        std::int32_t stream = 0;
        std::string path;
        std::string authority;
        std::string scheme;
    };

    /// Returns: false when the client breaks the protocol.
    bool feed(std::string_view bytes);
    [[nodiscard]] std::string take_output();
    [[nodiscard]] std::vector<request> take_requests();

    struct field {
        std::string name;
        std::string value;
    };
    /// `whole`  false: the stream stays open behind the body
    void answer(std::int32_t stream, int status, const std::string& body = {}, bool whole = true,
                std::vector<field> fields = {});
    void say_continue(std::int32_t stream);
    void reset(std::int32_t stream, std::uint32_t code);
    void ping();
    /// GOAWAY as it is asked for: the streams above `last` are not touched here.
    void go_away(std::int32_t last, std::uint32_t code = NGHTTP2_NO_ERROR);
    /// The first of two phases: 2^31-1.
    void give_notice();

    std::int32_t last_stream = 0;  ///< the highest that a request came on
    int ping_acks = 0;
    int goaways = 0;  ///< of the client
    std::vector<std::int32_t> cancelled;

private:
    struct callbacks;
    struct body;
    void drain();

    nghttp2_session* session_ = nullptr;
    std::vector<request> requests_;
    std::vector<request> begun_;
    std::vector<std::unique_ptr<body>> bodies_;
    std::string output_;
};

}  // namespace lastcall::drill
