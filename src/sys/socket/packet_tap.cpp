#include "sys/socket/packet_tap.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace lastcall::sys {
namespace {

// RFC 9293, 3.1: the byte with the flags.
constexpr std::uint8_t fin_flag = 0x01;
constexpr std::uint8_t syn_flag = 0x02;
constexpr std::uint8_t rst_flag = 0x04;
constexpr std::uint8_t ack_flag = 0x10;

constexpr std::size_t tcp_head = 20;  // without options
constexpr std::size_t ipv6_head = 40;
constexpr std::size_t largest_heads = 60 + tcp_head;  // of IPv4 with every option

// Room for a burst of some thousand handshakes between two turns of an event loop.
constexpr int buffer_size = 8 << 20;

// A program of the old BPF: a list of "load this, and unless it is that, drop the packet".
// Offsets count from the head of IP, as for every SOCK_DGRAM packet socket.
class filter_program {
public:
    void load(std::uint16_t size, std::uint32_t at) {
        add({static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), 0, 0, at});
    }
    void load_indexed(std::uint16_t size, std::uint32_t at) {
        add({static_cast<std::uint16_t>(BPF_LD | BPF_IND | size), 0, 0, at});
    }
    void index_by_ipv4_head() { add({BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0}); }
    void drop_unless_protocol(std::uint32_t value) {
        load(BPF_H, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL));
        drop_unless_equal(value);
    }
    void drop_unless_equal(std::uint32_t value) {
        add({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value});
        add(drop);
    }
    void drop_if_any(std::uint32_t bits) {
        add({BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits});
        add(drop);
    }
    void drop_unless_any(std::uint32_t bits) {
        add({BPF_JMP | BPF_JSET | BPF_K, 1, 0, bits});
        add(drop);
    }
    void keep() { add({BPF_RET | BPF_K, 0, 0, largest_heads}); }

    [[nodiscard]] sock_fprog view() noexcept {
        return {static_cast<unsigned short>(size_), steps_.data()};
    }

private:
    static constexpr sock_filter drop{BPF_RET | BPF_K, 0, 0, 0};
    void add(const sock_filter& step) noexcept { steps_[size_++] = step; }

    std::array<sock_filter, 32> steps_{};
    std::size_t size_ = 0;
};

filter_program from_ipv4(const sockaddr_in& server) noexcept {
    filter_program made;
    made.drop_unless_protocol(ETH_P_IP);
    made.load(BPF_B, 9);
    made.drop_unless_equal(IPPROTO_TCP);
    made.load(BPF_H, 6);
    made.drop_if_any(0x1fff);  // a later fragment has no ports
    if (server.sin_addr.s_addr != htonl(INADDR_ANY)) {
        made.load(BPF_W, 12);
        made.drop_unless_equal(ntohl(server.sin_addr.s_addr));
    }
    made.index_by_ipv4_head();
    made.load_indexed(BPF_H, 0);
    made.drop_unless_equal(ntohs(server.sin_port));
    made.load_indexed(BPF_B, 13);
    made.drop_unless_any(fin_flag | syn_flag | rst_flag);
    made.keep();
    return made;
}

filter_program from_ipv6(const sockaddr_in6& server) noexcept {
    filter_program made;
    made.drop_unless_protocol(ETH_P_IPV6);
    made.load(BPF_B, 6);
    made.drop_unless_equal(IPPROTO_TCP);
    if (!IN6_IS_ADDR_UNSPECIFIED(&server.sin6_addr)) {
        for (std::uint32_t i = 0; i < 4; ++i) {
            std::uint32_t word = 0;
            std::memcpy(&word, &server.sin6_addr.s6_addr[4 * i], sizeof word);
            made.load(BPF_W, 8 + 4 * i);
            made.drop_unless_equal(ntohl(word));
        }
    }
    made.load(BPF_H, ipv6_head);
    made.drop_unless_equal(ntohs(server.sin6_port));
    made.load(BPF_B, ipv6_head + 13);
    made.drop_unless_any(fin_flag | syn_flag | rst_flag);
    made.keep();
    return made;
}

filter_program from(const endpoint& server) noexcept {
    if (server.family() == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, server.address(), sizeof address);
        return from_ipv6(address);
    }
    sockaddr_in address{};
    std::memcpy(&address, server.address(), sizeof address);
    return from_ipv4(address);
}

std::uint32_t number_at(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return ntohl(number);
}

std::optional<tcp_segment> parse(std::span<const std::uint8_t> packet, int family) noexcept {
    if (packet.empty()) {
        return std::nullopt;
    }
    const std::size_t head =
        family == AF_INET6 ? ipv6_head : static_cast<std::size_t>(packet[0] & 0x0fU) * 4;
    if (packet.size() < head + tcp_head) {
        return std::nullopt;
    }
    const auto tcp = packet.subspan(head);
    const std::uint8_t flags = tcp[13];
    tcp_segment made;
    made.to_port = static_cast<std::uint16_t>(tcp[2] << 8U | tcp[3]);
    made.sequence = number_at(tcp, 4);
    made.acknowledgement = number_at(tcp, 8);
    made.has_fin = (flags & fin_flag) != 0;
    made.has_syn = (flags & syn_flag) != 0;
    made.has_rst = (flags & rst_flag) != 0;
    made.has_ack = (flags & ack_flag) != 0;
    return made;
}

}  // namespace

packet_tap::packet_tap(const endpoint& server) noexcept : family_(server.family()) {
    // Without a protocol nothing arrives before the filter is there.
    unique_fd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        return;
    }
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_size, sizeof buffer_size) != 0) {
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &buffer_size, sizeof buffer_size);
    }
    auto program = from(server);
    const sock_fprog steps = program.view();
    // What is bound to ETH_P_ALL gets each packet before TCP does, in every kernel; what is bound
    // to one protocol gets it after TCP since Linux 6.15 (lists of its own for each network
    // namespace), and a reset that a client has read already may not be here yet.
    sockaddr_ll wanted{};
    wanted.sll_family = AF_PACKET;
    wanted.sll_protocol = htons(ETH_P_ALL);
    const int yes = 1;
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &steps, sizeof steps) == 0 &&
        ::setsockopt(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) == 0 &&
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&wanted), sizeof wanted) == 0) {
        socket_ = std::move(fd);
    }
}

std::optional<tcp_segment> packet_tap::next() noexcept {
    std::array<std::uint8_t, largest_heads> packet;
    for (;;) {
        const ssize_t size = ::recv(socket_.get(), packet.data(), packet.size(), 0);
        if (size < 0 && (errno == EINTR || errno == ENETDOWN)) {
            // ENETDOWN is told once, when an interface goes (packet(7)); others go on.
            continue;
        }
        if (size < 0) {
            return std::nullopt;
        }
        if (const auto made = parse({packet.data(), static_cast<std::size_t>(size)}, family_)) {
            return made;
        }
    }
}

std::uint32_t packet_tap::lost() noexcept {
    tpacket_stats counts{};
    socklen_t size = sizeof counts;
    if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &counts, &size) != 0) {
        return 0;
    }
    return counts.tp_drops;
}

}  // namespace lastcall::sys
