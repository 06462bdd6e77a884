#include "sys/socket/inet_diag.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>

#include "sys/process/proc_reader.hpp"
#include "sys/socket/port_state.hpp"

namespace lastcall::sys {
namespace {

struct request {
    nlmsghdr head;
    inet_diag_req_v2 body;
};

// What the kernel puts into one message of a long list.
constexpr std::size_t room_for_answers = 32768;
constexpr std::size_t room_for_one = 4096;

bool is_only_v6(const char* at, std::size_t size) noexcept {
    while (size >= sizeof(nlattr)) {
        nlattr head{};
        std::memcpy(&head, at, sizeof head);
        const std::size_t whole = NLA_ALIGN(head.nla_len);
        if (head.nla_len < sizeof head || whole > size) {
            return false;
        }
        if (head.nla_type == INET_DIAG_SKV6ONLY && head.nla_len > sizeof head) {
            return at[sizeof head] != 0;
        }
        at += whole;
        size -= whole;
    }
    return false;
}

std::optional<tcp_line> parse(const char* at, std::size_t size) noexcept {
    inet_diag_msg found{};
    if (size < sizeof found) {
        return std::nullopt;
    }
    std::memcpy(&found, at, sizeof found);
    tcp_line line;
    line.family = found.idiag_family;
    line.state = found.idiag_state;
    line.timer = found.idiag_timer;
    line.interface_index = found.id.idiag_if;
    line.cookie = {found.id.idiag_cookie[0], found.id.idiag_cookie[1]};
    static_assert(sizeof found.id.idiag_src == std::tuple_size_v<decltype(line.address)>);
    std::memcpy(line.address.data(), found.id.idiag_src, line.address.size());
    std::memcpy(line.peer.data(), found.id.idiag_dst, line.peer.size());
    line.local_port = ntohs(found.id.idiag_sport);
    line.peer_port = ntohs(found.id.idiag_dport);
    line.waiting = found.idiag_rqueue;
    line.room = found.idiag_wqueue;
    line.owner = found.idiag_uid;
    line.inode = found.idiag_inode;
    constexpr std::size_t attributes = NLMSG_ALIGN(sizeof found);
    line.is_only_v6 = size > attributes && is_only_v6(at + attributes, size - attributes);
    return line;
}

std::optional<tcp_detail> parse_detail(const char* at, std::size_t size) noexcept {
    while (size >= sizeof(nlattr)) {
        nlattr head{};
        std::memcpy(&head, at, sizeof head);
        const std::size_t whole = NLA_ALIGN(head.nla_len);
        if (head.nla_len < sizeof head || whole > size) {
            break;
        }
        if (head.nla_type == INET_DIAG_INFO) {
            tcp_info info{};  // of an older kernel it is shorter, the rest stays 0
            std::memcpy(&info, at + sizeof head, std::min(sizeof info, head.nla_len - sizeof head));
            return tcp_detail{.since_sent = std::chrono::milliseconds(info.tcpi_last_data_sent),
                              .since_received = std::chrono::milliseconds(info.tcpi_last_data_recv),
                              .acknowledged = info.tcpi_bytes_acked,
                              .sent = info.tcpi_bytes_sent,
                              .received = info.tcpi_bytes_received,
                              .segments_sent = info.tcpi_data_segs_out,
                              .segments_received = info.tcpi_data_segs_in,
                              .not_sent = info.tcpi_notsent_bytes,
                              .is_window_closed = info.tcpi_snd_wnd == 0 && info.tcpi_probes > 0};
        }
        at += whole;
        size -= whole;
    }
    return std::nullopt;
}

std::string address_text(int family, const std::array<std::uint8_t, 16>& address,
                         std::uint16_t port) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    in6_addr wide{};
    std::memcpy(&wide, address.data(), sizeof wide);
    if (family == AF_INET) {
        ::inet_ntop(AF_INET, address.data(), text.data(), text.size());
    } else if (IN6_IS_ADDR_V4MAPPED(&wide)) {
        ::inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
    } else {
        ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
        return "[" + std::string(text.data()) + "]:" + std::to_string(port);
    }
    return std::string(text.data()) + ":" + std::to_string(port);
}

enum class answer : unsigned char { more, whole, failed };

// One message of the kernel: some lines, or the end of the list.
answer take(const char* at, std::size_t size, std::uint32_t asked,
            const inet_diag::consumer& give) {
    while (size >= sizeof(nlmsghdr)) {
        nlmsghdr head{};
        std::memcpy(&head, at, sizeof head);
        if (head.nlmsg_len < sizeof head || head.nlmsg_len > size) {
            return answer::failed;
        }
        if (head.nlmsg_seq == asked) {  // another: what is left of a list that was given up
            if (head.nlmsg_type == NLMSG_DONE) {
                return (head.nlmsg_flags & NLM_F_DUMP_INTR) == 0 ? answer::whole : answer::failed;
            }
            if (head.nlmsg_type == NLMSG_ERROR) {
                return answer::failed;
            }
            const auto line = parse(at + NLMSG_HDRLEN, head.nlmsg_len - NLMSG_HDRLEN);
            if (line) {
                give(*line);
            }
        }
        const std::size_t whole = NLMSG_ALIGN(head.nlmsg_len);
        if (whole >= size) {
            break;
        }
        at += whole;
        size -= whole;
    }
    return answer::more;
}

}  // namespace

const std::array<int, 2> tcp_families{AF_INET, AF_INET6};

std::string local_text(const tcp_line& line) {
    return address_text(line.family, line.address, line.local_port);
}

std::string peer_text(const tcp_line& line) {
    return address_text(line.family, line.peer, line.peer_port);
}

inet_diag::inet_diag() noexcept { open(); }

inet_diag::inet_diag(int pid) noexcept {
    if (shares_network_with_us(pid)) {
        open();
        return;
    }
    // A socket belongs to the namespace in which it is made.
    const unique_fd home(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    proc_path path = proc_path(pid) / "ns/net";
    const unique_fd there(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (home && there && ::setns(there.get(), CLONE_NEWNET) == 0) {
        open();
        ::setns(home.get(), CLONE_NEWNET);
    }
}

void inet_diag::open() noexcept {
    unique_fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    // The kernel answers within the call; the limit is for one that does not.
    const timeval limit{1, 0};
    if (fd && ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0) {
        socket_ = std::move(fd);
        // Only an answer tells whether the kernel has the part that knows TCP.
        if (!list(AF_INET, 1, tcp_states::listening, [](const tcp_line&) {})) {
            socket_.reset();
        }
    }
}

bool inet_diag::send(const void* request, std::size_t size) noexcept {
    ssize_t sent = 0;
    do {
        sent = ::send(socket_.get(), request, size, 0);
    } while (sent < 0 && errno == EINTR);  // nothing was asked yet
    return sent >= 0;
}

std::string_view inet_diag::ask_for(const tcp_line& one, std::span<char> room) {
    if (!socket_) {
        return {};
    }
    request asked{};
    asked.head.nlmsg_len = sizeof asked;
    asked.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    asked.head.nlmsg_flags = NLM_F_REQUEST;
    asked.head.nlmsg_seq = ++asked_;
    asked.body.sdiag_family = static_cast<std::uint8_t>(one.family);
    asked.body.sdiag_protocol = IPPROTO_TCP;
    asked.body.idiag_ext = 1U << (INET_DIAG_INFO - 1U);
    asked.body.idiag_states = ~0U;
    asked.body.id.idiag_sport = htons(one.local_port);
    asked.body.id.idiag_dport = htons(one.peer_port);
    std::memcpy(asked.body.id.idiag_src, one.address.data(), one.address.size());
    std::memcpy(asked.body.id.idiag_dst, one.peer.data(), one.peer.size());
    asked.body.id.idiag_if = one.interface_index;
    asked.body.id.idiag_cookie[0] = one.cookie[0];
    asked.body.id.idiag_cookie[1] = one.cookie[1];
    if (!send(&asked, sizeof asked)) {
        return {};
    }
    for (;;) {
        const ssize_t size = ::recv(socket_.get(), room.data(), room.size(), 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        nlmsghdr head{};
        if (size < static_cast<ssize_t>(sizeof head)) {
            return {};
        }
        std::memcpy(&head, room.data(), sizeof head);
        if (head.nlmsg_seq != asked_) {
            continue;
        }
        const auto whole = std::min<std::size_t>(head.nlmsg_len, static_cast<std::size_t>(size));
        return head.nlmsg_type == SOCK_DIAG_BY_FAMILY && whole > NLMSG_HDRLEN
                   ? std::string_view(room.data() + NLMSG_HDRLEN, whole - NLMSG_HDRLEN)
                   : std::string_view();
    }
}

std::optional<tcp_line> inet_diag::again(const tcp_line& one) {
    alignas(nlmsghdr) std::array<char, room_for_one> room;
    const auto said = ask_for(one, room);
    return parse(said.data(), said.size());
}

std::optional<tcp_detail> inet_diag::detail_of(const tcp_line& one) {
    constexpr std::size_t before = NLMSG_ALIGN(sizeof(inet_diag_msg));
    alignas(nlmsghdr) std::array<char, room_for_one> room;
    const auto said = ask_for(one, room);
    return said.size() > before ? parse_detail(said.data() + before, said.size() - before)
                                : std::nullopt;
}

bool inet_diag::list(int family, std::uint16_t local_port, tcp_states states,
                     const consumer& give) {
    if (!socket_) {
        return false;
    }
    request asked{};
    asked.head.nlmsg_len = sizeof asked;
    asked.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    asked.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    asked.head.nlmsg_seq = ++asked_;
    asked.body.sdiag_family = static_cast<std::uint8_t>(family);
    asked.body.sdiag_protocol = IPPROTO_TCP;
    asked.body.idiag_states = static_cast<std::uint32_t>(states);
    asked.body.id.idiag_sport = htons(local_port);
    if (!send(&asked, sizeof asked)) {
        return false;
    }
    ssize_t size = 0;
    alignas(nlmsghdr) std::array<char, room_for_answers> message;
    for (;;) {
        size = ::recv(socket_.get(), message.data(), message.size(), 0);
        if (size < 0 && errno == EINTR) {  // the list goes on where it was
            continue;
        }
        if (size <= 0) {
            return false;
        }
        switch (take(message.data(), static_cast<std::size_t>(size), asked_, give)) {
            case answer::more:
                break;
            case answer::whole:
                return true;
            case answer::failed:
                return false;
        }
    }
}

}  // namespace lastcall::sys
