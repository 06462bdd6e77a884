// Which protocol the bytes are of that a client has sent, and nobody has read yet.
//
// HTTP/2 is not told apart: an upload and a stream are the same frames.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::doctor {

enum class protocol : std::uint8_t {
    unknown,
    http1,      ///< a request line: RFC 9112, 3
    websocket,  ///< whole frames of a client: RFC 6455, 5.2
};

/// `is_whole`  nothing comes behind these: frames have to end with them
[[nodiscard]] protocol protocol_of(std::string_view bytes, bool is_whole);

/// "GET /orders", without a query: that may be nobody's business. Empty: it is no request of
/// HTTP/1.
[[nodiscard]] std::string request_text(std::string_view bytes);

}  // namespace lastcall::doctor
