// Tries that connect to the service: a connection that is accepted, and a GET.
#pragma once

#include "agent/engine/one_try.hpp"

namespace lastcall::agent {

/// "127.0.0.1:8080" is numeric, and has a port.
[[nodiscard]] bool is_tcp_address(std::string_view text);

/// A connection to `address`, and where that can be known, that the program accepts it.
[[nodiscard]] std::shared_ptr<one_try> make_tcp_try(asio::io_context& loop, const check_spec& what,
                                                    const probe_ways& ways,
                                                    const std::string& address,
                                                    probe_answer answer);
/// GET, and any 2xx (RFC 9110, section 15.3).
[[nodiscard]] std::shared_ptr<one_try> make_http_try(asio::io_context& loop, const check_spec& what,
                                                     const probe_ways& ways,
                                                     const http_target& target,
                                                     probe_answer answer);

}  // namespace lastcall::agent
