// What becomes of a bind(2): pure, over values.
//
// The rule is strict so that it can be said in one sentence: a program gets the service's
// socket where it binds exactly the address of that socket, it is refused where the kernel
// could not tell the two apart, and everything else is none of our business. A socket that is
// almost the same would be worse than a refusal: wider, it is reachable from where the program
// forbids it; of the other family, it hands out peer addresses of a size that the program does
// not expect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sys/intercept/listen_address.hpp"

namespace lastcall::sys {

/// A socket of the service.
struct offered_address {
    std::string_view name;
    listen_address address;
    bool is_of_port = false;  ///< opened for a port of which only the number was configured
};

/// A port of which the program decides the address.
struct offered_port {
    std::string_view name;
    std::uint16_t number = 0;
};

/// The socket that a program wants to bind.
enum class socket_flavour : std::uint8_t {
    tcp,  ///< MPTCP too: it falls back to TCP with every peer that has none
    unix_stream,
    unix_packets,  ///< SOCK_SEQPACKET
    other,         ///< datagrams, SCTP, ...: has ports of its own
};

struct bind_verdict {
    enum class action : std::uint8_t {
        pass,    ///< as if we were not there
        serve,   ///< the socket `index` takes its place
        open,    ///< the port `index` needs a socket at this address
        refuse,  ///< EADDRINUSE; `why` says more
    };
    action what = action::pass;
    std::size_t index = 0;
    std::string why;  ///< half a sentence about the address, and what to do
};

/// Addresses of unix sockets with a path are decided by their folder, not here.
[[nodiscard]] bind_verdict judge_bind(std::span<const offered_address> sockets,
                                      std::span<const offered_port> ports,
                                      const listen_address& wanted, socket_flavour flavour);

}  // namespace lastcall::sys
