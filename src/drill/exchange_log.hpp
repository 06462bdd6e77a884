// What a load leaves behind: every exchange, and every connection that ended without one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "drill/exchange.hpp"

namespace lastcall::drill {

/// How a connection ended on which nothing was in flight.
enum class quiet_end : std::uint8_t {
    fin,          ///< the server closed it
    reset,        ///< the server's kernel reset it
    unsolicited,  ///< bytes that nobody had asked for; the client closed
    by_us,        ///< the client closed it
};

struct connection_end {
    std::string_view lane;  ///< a literal
    std::uint32_t connection = 0;
    std::uint32_t requests = 0;  ///< answered on it
    std::int64_t end_ns = 0;
    quiet_end how = quiet_end::fin;
};

struct exchange_log {
    std::vector<exchange> exchanges;
    std::vector<connection_end> connections;
    std::int64_t signal_ns = 0;  ///< when the signal was sent; 0: it was not
};

}  // namespace lastcall::drill
