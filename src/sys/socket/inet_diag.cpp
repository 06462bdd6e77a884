#include "sys/socket/inet_diag.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>

namespace lastcall::sys {
namespace {

struct request {
    nlmsghdr head;
    inet_diag_req_v2 body;
};

// What the kernel puts into one message of a long list.
constexpr std::size_t room_for_answers = 32768;

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

inet_diag::inet_diag() noexcept {
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
    ssize_t size = 0;
    do {
        size = ::send(socket_.get(), &asked, sizeof asked, 0);
    } while (size < 0 && errno == EINTR);  // nothing was asked yet
    if (size < 0) {
        return false;
    }
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
