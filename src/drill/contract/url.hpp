// http:// and https:// URLs as a drill needs them (RFC 9110, 4.2): where, and what to ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lastcall::drill {

struct url_parts {
    bool uses_tls = false;
    std::string host;        ///< without brackets
    std::uint16_t port = 0;  ///< 80 or 443 where none is written
    std::string authority;   ///< as it was written: the Host field
    std::string target;      ///< path and query; "/" where none is written

    [[nodiscard]] bool is_same_server(const url_parts& other) const {
        return uses_tls == other.uses_tls && host == other.host && port == other.port;
    }
};

/// `problem`  filled in words when it is none
[[nodiscard]] std::optional<url_parts> parse_url(std::string_view text, std::string& problem);

}  // namespace lastcall::drill
