// Lines of the kernel's socket tables.
#include <array>
#include <bit>
#include <cstring>

#include "sys/socket/socket_table.hpp"

namespace lastcall::sys {
namespace {

using address_bytes = std::array<std::uint8_t, 16>;

// Values of the "st" column (include/net/tcp_states.h) and of net/unix.
constexpr std::uint64_t tcp_established = 1;
constexpr std::uint64_t tcp_close = 7;
constexpr std::uint64_t tcp_close_wait = 8;
constexpr std::uint64_t tcp_listen = 10;
constexpr std::uint64_t unix_accepts = 0x10000;  // __SO_ACCEPTCON
constexpr std::uint64_t unix_connected = 3;      // SS_CONNECTED

template <std::size_t Size>
void append_v4(short_text<Size>& to, const std::uint8_t* bytes) noexcept {
    for (int i = 0; i < 4; ++i) {
        if (i > 0) {
            to.append('.');
        }
        to.append_number(bytes[i]);
    }
}

/// RFC 5952: the longest run of zero groups becomes "::".
template <std::size_t Size>
void append_v6(short_text<Size>& to, const address_bytes& bytes) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned, 8> groups{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i] = bytes[2 * i] * 256U + bytes[2 * i + 1];
    }
    std::size_t run_at = groups.size();
    std::size_t run_size = 1;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::size_t size = 0;
        while (i + size < groups.size() && groups[i + size] == 0) {
            ++size;
        }
        if (size > run_size) {
            run_at = i;
            run_size = size;
        }
    }
    to.append('[');
    for (std::size_t i = 0; i < groups.size();) {
        if (i == run_at) {
            to.append("::");
            i += run_size;
            continue;
        }
        bool leading = true;
        for (unsigned shift = 16; shift > 0;) {
            shift -= 4;
            const unsigned digit = groups[i] >> shift & 15U;
            leading = leading && digit == 0 && shift > 0;
            if (!leading) {
                to.append(digits[digit]);
            }
        }
        ++i;
        if (i < groups.size() && i != run_at) {
            to.append(':');
        }
    }
    to.append(']');
}

/// "0100007F:1F90": words of the address in the byte order of the machine.
template <std::size_t Size>
bool read_endpoint(std::string_view text, short_text<Size>& into, std::uint16_t& port) noexcept {
    const std::size_t colon = text.find(':');
    if (colon != 8 && colon != 32) {
        return false;
    }
    const auto number = parse_number(text.substr(colon + 1), 16);
    if (!number || *number > 0xffff) {
        return false;
    }
    address_bytes bytes{};
    for (std::size_t word = 0; word < colon / 8; ++word) {
        const auto value = parse_number(text.substr(word * 8, 8), 16);
        if (!value) {
            return false;
        }
        const auto half = static_cast<std::uint32_t>(*value);
        std::memcpy(bytes.data() + word * 4, &half, sizeof half);
    }
    constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (colon == 8) {
        append_v4(into, bytes.data());
    } else if (std::memcmp(bytes.data(), mapped.data(), mapped.size()) == 0) {
        append_v4(into, bytes.data() + mapped.size());
    } else {
        append_v6(into, bytes);
    }
    into.append(':');
    into.append_number(*number);
    port = static_cast<std::uint16_t>(*number);
    return true;
}

socket_state state_of(socket_kind kind, std::uint64_t value) noexcept {
    if (value == tcp_established) {
        return socket_state::connected;
    }
    if (kind == socket_kind::udp) {
        return socket_state::bound;
    }
    switch (value) {
        case tcp_listen:
            return socket_state::listening;
        case tcp_close_wait:
            return socket_state::closed_by_peer;
        case tcp_close:
            return socket_state::bound;
        default:
            return socket_state::closing;
    }
}

}  // namespace

std::optional<socket_line> parse_inet_line(std::string_view line, socket_kind kind) noexcept {
    // sl local remote st tx:rx tr:when retrnsmt uid timeout inode
    socket_line found;
    found.kind = kind;
    const std::string_view slot = take_word(line);
    if (slot.empty() || slot.back() != ':' ||
        !read_endpoint(take_word(line), found.local, found.local_port) ||
        !read_endpoint(take_word(line), found.peer, found.peer_port)) {
        return std::nullopt;
    }
    const auto state = parse_number(take_word(line), 16);
    const std::string_view queues = take_word(line);
    const std::size_t colon = queues.find(':');
    if (!state || colon == std::string_view::npos) {
        return std::nullopt;
    }
    for (int skipped = 0; skipped < 4; ++skipped) {
        static_cast<void>(take_word(line));
    }
    const auto inode = parse_number(take_word(line));
    if (!inode) {
        return std::nullopt;
    }
    found.inode = *inode;
    found.waiting = parse_number(queues.substr(colon + 1), 16).value_or(0);
    found.state = state_of(kind, *state);
    found.is_client = kind == socket_kind::tcp && found.state == socket_state::connected &&
                      found.local_port < first_ephemeral_port &&
                      found.peer_port >= first_ephemeral_port;
    if (found.state == socket_state::listening || found.peer_port == 0) {
        found.peer.assign({});
    }
    return found;
}

std::optional<socket_line> parse_unix_line(std::string_view line) noexcept {
    // Num: RefCount Protocol Flags Type St Inode Path
    socket_line found;
    found.kind = socket_kind::unix_path;
    const std::string_view slot = take_word(line);
    const auto references = parse_number(take_word(line), 16);
    const auto protocol = parse_number(take_word(line), 16);
    const auto flags = parse_number(take_word(line), 16);
    const auto type = parse_number(take_word(line), 16);
    const auto state = parse_number(take_word(line), 16);
    const auto inode = parse_number(take_word(line));
    if (slot.empty() || slot.back() != ':' || !references || !protocol || !flags || !type ||
        !state || !inode) {
        return std::nullopt;
    }
    found.inode = *inode;
    found.state = (*flags & unix_accepts) != 0 ? socket_state::listening
                  : *state == unix_connected   ? socket_state::connected
                                               : socket_state::bound;
    if (!line.empty()) {
        found.local.append_escaped(line.substr(1));
    }
    // The end of a socketpair(2), or the side that connected, has no path: not a client.
    found.is_client = found.state == socket_state::connected && !found.local.empty();
    return found;
}

}  // namespace lastcall::sys
