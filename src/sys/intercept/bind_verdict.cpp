#include "sys/intercept/bind_verdict.hpp"

namespace lastcall::sys {
namespace {

using family = listen_address::family;
using action = bind_verdict::action;

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// Why the program can not simply have `ours` for `wanted`.
std::string difference(const listen_address& ours, const listen_address& wanted) {
    if (ours.kind != wanted.kind) {
        return "the peers' addresses would be of the other family";
    }
    if (ours.is_wildcard() && wanted.is_wildcard()) {
        return ours.is_only_ip6 ? "IPv4 would not be served" : "IPv4 would be served as well";
    }
    return ours.is_wildcard()
               ? "it would be reachable under more addresses than the program wants"
               : "it would be reachable under fewer addresses than the program wants";
}

bind_verdict refusal(std::size_t index, const offered_address& ours, const listen_address& wanted) {
    return {action::refuse, index,
            "the socket " + quoted(ours.name) + " of the service is " + ours.address.text() + ": " +
                difference(ours.address, wanted) + "; give " + quoted(ours.name) + " the address " +
                wanted.text() + ", or let the program bind " + ours.address.text()};
}

bool is_of_flavour(const listen_address& address, socket_flavour flavour) {
    if (address.is_ip()) {
        return flavour == socket_flavour::tcp;
    }
    return flavour == socket_flavour::unix_stream || flavour == socket_flavour::unix_packets;
}

}  // namespace

bind_verdict judge_bind(std::span<const offered_address> sockets,
                        std::span<const offered_port> ports, const listen_address& wanted,
                        socket_flavour flavour) {
    if (wanted.kind == family::path || (wanted.is_ip() && wanted.port == 0) ||
        !is_of_flavour(wanted, flavour)) {
        return {};
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        if (is_same_address(sockets[i].address, wanted)) {
            return {action::serve, i, {}};
        }
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        if (!sockets[i].is_of_port && do_overlap(sockets[i].address, wanted)) {
            return refusal(i, sockets[i], wanted);
        }
    }
    for (std::size_t i = 0; i < ports.size(); ++i) {
        if (wanted.is_ip() && ports[i].number == wanted.port) {
            return {action::open, i, {}};
        }
    }
    return {};
}

}  // namespace lastcall::sys
