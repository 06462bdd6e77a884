// A WebSocket (RFC 6455) that sends back what it gets, until the service stops.
#pragma once

#include <cstdint>
#include <string>

#include "service.hpp"
#include "stream.hpp"

namespace faulty {

class websocket_session {
public:
    websocket_session(service& shared, stream& bytes, std::string begun)
        : service_(shared), stream_(bytes), buffer_(std::move(begun)) {}

    /// Blocks: until the connection has ended.
    void serve(const std::string& key);

private:
    struct frame {
        int opcode = 0;
        std::string payload;
    };

    /// Returns: whether a whole frame was in the buffer.
    bool take_frame(frame& into);
    bool answer(const frame& one);
    bool answer_what_is_here();
    void end_for_stop();
    std::int64_t drop_until_close(moment until);
    bool send(int opcode, const std::string& payload);
    void note_end(int code, fault what);

    service& service_;
    stream& stream_;
    std::string buffer_;
    std::int64_t echoes_ = 0;
};

}  // namespace faulty
