// One TCP socket at one moment, and where a shell is in its script.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sys/socket/inet_diag.hpp"
#include "sys/socket/unread_bytes.hpp"

namespace lastcall::doctor {

/// Its family and its number: IPv4 and IPv6 count theirs apart.
using listening_port = std::pair<int, std::uint16_t>;

struct seen_socket {
    sys::tcp_line line;
    std::string local;  ///< "127.0.0.1:8080"
    std::string peer;
    std::vector<int> owners;                    ///< of the processes that were looked at
    bool is_client = false;                     ///< it came to a port that one of them listens at
    std::optional<sys::tcp_detail> detail{};    ///< of those that are connected
    std::optional<sys::unread_bytes> unread{};  ///< where it was asked to look at them

    [[nodiscard]] bool listens() const noexcept { return line.is(sys::tcp_states::listening); }
    /// The last that happened on it is that the peer has sent something.
    [[nodiscard]] bool has_request() const noexcept {
        return detail && detail->received > 0 &&
               (detail->sent == 0 || detail->since_received < detail->since_sent);
    }
};

[[nodiscard]] inline bool is_cookie_lower(const seen_socket& a, const seen_socket& b) noexcept {
    return a.line.cookie < b.line.cookie;
}

struct script_place {
    int shell = 0;
    std::string file;
    std::uint32_t line = 0;  ///< from 1
    std::string text;        ///< of the command
    bool is_certain = false;
    bool is_wait = false;        ///< the shell is in its `wait`, where a trap runs at once
    bool is_background = false;  ///< the child was started with `&`
};

}  // namespace lastcall::doctor
