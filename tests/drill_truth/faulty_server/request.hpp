// A request of HTTP/1.1, as far as a load generator sends them: a head, and a body with a
// length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace faulty {

struct request {
    std::string method;
    std::string target;  ///< with the query
    std::string path;    ///< without
    std::string body;
    std::string websocket_key;  ///< empty: no WebSocket is asked for
    std::size_t body_length = 0;
    bool expects_continue = false;
    bool wants_close = false;
};

/// Reads a head, without the empty line that ends it. Unset: it is none.
[[nodiscard]] std::optional<request> parse_head(std::string_view head);

/// A number of the query: 300 of "/slow?ms=300". 0: it is not there.
[[nodiscard]] long query_number(std::string_view target, std::string_view name);

/// The value of "id" in a body of JSON; the whole body when it has none.
[[nodiscard]] std::string id_of(std::string_view body);

}  // namespace faulty
