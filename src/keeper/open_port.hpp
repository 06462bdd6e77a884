// A socket of which only the port is configured ("tcp:8080"): the programs of the service choose
// its addresses by what they bind. Each address is a shared_listener of its own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sys/socket/shared_listener.hpp"

namespace lastcall::keeper {

/// What listen_address::text() has behind [::] that is without IPv4.
inline constexpr std::string_view without_ip4 = " (only IPv6)";

struct open_port {
    /// An address that a generation has bound.
    struct place {
        std::string key;  ///< of its listener in service::sockets
        /// Which generation has bound it there, for each slot; 0: none has.
        std::array<std::int64_t, sys::shared_listener::slots> bound{};
        /// Of the slots' sockets: a keeper after this one finds them by it in the programs.
        std::array<std::uint64_t, sys::shared_listener::slots> inodes{};
    };

    std::uint16_t number = 0;
    int backlog = 4096;
    std::vector<place> places;  ///< those that were bound first come first

    [[nodiscard]] place* find(std::string_view key) noexcept {
        for (place& one : places) {
            if (one.key == key) {
                return &one;
            }
        }
        return nullptr;
    }
};

/// The port of "tcp:8080"; 0: the text is something else.
[[nodiscard]] std::uint16_t port_alone(std::string_view address) noexcept;

/// "http" and "tcp:[::]:8080 (only IPv6)" -> "http@tcp:[::]:8080!": a name without blanks, that
/// no socket can have.
[[nodiscard]] std::string key_of(std::string_view socket, std::string_view address);
/// Whether a listener with this name is one of a port. Names of sockets have no ':'.
[[nodiscard]] constexpr bool is_place(std::string_view name) noexcept {
    return name.find(':') != std::string_view::npos;
}
/// "http", of either.
[[nodiscard]] constexpr std::string_view socket_of(std::string_view key) noexcept {
    return is_place(key) ? key.substr(0, key.find("@tcp:")) : key;
}

}  // namespace lastcall::keeper
