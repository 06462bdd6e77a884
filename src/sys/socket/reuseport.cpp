#include "sys/socket/reuseport.hpp"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "sys/fd.hpp"
#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

constexpr int listen_state = 10;  // TCP_LISTEN, tcp_states.h of the kernel

bool migrates_by_setting() noexcept {
    proc_path path("/proc/sys/net/ipv4/tcp_migrate_req");
    std::array<char, 8> digits{};
    const auto text = read_start(path, digits);
    return text && text->starts_with('1');
}

bool info_of(int socket, tcp_info& into) noexcept {
    socklen_t size = sizeof into;
    return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &into, &size) == 0;
}

}  // namespace

namespace {

int attach(int socket, std::span<sock_filter> what) noexcept {
    const sock_fprog program{static_cast<unsigned short>(what.size()), what.data()};
    return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0
               ? 0
               : errno;
}

}  // namespace

int steer_group(int socket, unsigned place) noexcept {
    std::array<sock_filter, 1> program{sock_filter BPF_STMT(BPF_RET | BPF_K, place)};
    return attach(socket, program);
}

int steer_group_but(int socket, unsigned place, std::uint16_t from, unsigned there) noexcept {
    // The packet is shown from behind its TCP header on; the header of IP is found from the
    // network layer's offset, that of TCP behind it (IPv6: extension headers are not looked
    // for; no local client sends any).
    constexpr auto ip = static_cast<unsigned>(SKF_NET_OFF);
    std::array<sock_filter, 10> program{
        sock_filter BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ip),
        sock_filter BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x40, 0, 2),
        sock_filter BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ip),  // IPv4: X = length of its header
        sock_filter BPF_STMT(BPF_JMP | BPF_JA, 1),
        sock_filter BPF_STMT(BPF_LDX | BPF_IMM, 40),
        sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_IND, ip),  // the client's port
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, from, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, there),
        sock_filter BPF_STMT(BPF_RET | BPF_K, place)};
    return attach(socket, program);
}

int let_group_migrate(int socket) noexcept {
    if (migrates_by_setting()) {
        return 0;
    }
    // "r0 = SK_PASS; exit": it chooses nothing itself, so the kernel chooses by hash; but a
    // program of this attach type is what makes the kernel migrate at all.
    const std::array<bpf_insn, 2> program{
        bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K,
                 .dst_reg = 0,
                 .src_reg = 0,
                 .off = 0,
                 .imm = SK_PASS},
        bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
    constexpr const char* license = "GPL";
    bpf_attr asked;
    std::memset(&asked, 0, sizeof asked);
    asked.prog_type = BPF_PROG_TYPE_SK_REUSEPORT;
    asked.expected_attach_type = BPF_SK_REUSEPORT_SELECT_OR_MIGRATE;
    asked.insns = reinterpret_cast<std::uintptr_t>(program.data());
    asked.insn_cnt = program.size();
    asked.license = reinterpret_cast<std::uintptr_t>(license);
    const unique_fd loaded(
        static_cast<int>(::syscall(SYS_bpf, BPF_PROG_LOAD, &asked, sizeof asked)));
    if (!loaded) {
        return errno;
    }
    const int fd = loaded.get();
    return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &fd, sizeof fd) == 0 ? 0
                                                                                           : errno;
}

bool is_listening(int socket) noexcept {
    int listens = 0;
    socklen_t size = sizeof listens;
    return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

queue_length tcp_queue(int socket) noexcept {
    // Of a listening socket these two fields are the queue: tcp_get_info() of the kernel.
    tcp_info info{};
    if (!info_of(socket, info) || info.tcpi_state != listen_state) {
        return {};
    }
    return {true, info.tcpi_unacked, info.tcpi_sacked};
}

namespace {

/// One attribute of a unix socket of ours: sock_diag(7).
template <typename Attribute>
std::optional<Attribute> ask_unix_diag(int socket, std::uint32_t show, int type) noexcept {
    struct stat facts {};
    const unique_fd ask(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!ask || ::fstat(socket, &facts) != 0) {
        return {};
    }
    struct {
        nlmsghdr head;
        unix_diag_req body;
    } asked{};
    asked.head.nlmsg_len = sizeof asked;
    asked.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    asked.head.nlmsg_flags = NLM_F_REQUEST;
    asked.body.sdiag_family = AF_UNIX;
    asked.body.udiag_ino = static_cast<std::uint32_t>(facts.st_ino);
    asked.body.udiag_show = show;
    asked.body.udiag_cookie[0] = asked.body.udiag_cookie[1] = ~0U;
    const timeval limit{1, 0};
    ::setsockopt(ask.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    alignas(nlmsghdr) std::array<char, 1024> answer{};
    if (::send(ask.get(), &asked, sizeof asked, 0) < 0) {
        return {};
    }
    const ssize_t size = ::recv(ask.get(), answer.data(), answer.size(), 0);
    nlmsghdr head{};
    if (size < static_cast<ssize_t>(sizeof head)) {
        return {};
    }
    std::memcpy(&head, answer.data(), sizeof head);
    std::size_t at = NLMSG_SPACE(sizeof(unix_diag_msg));
    while (head.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
           at + sizeof(nlattr) + sizeof(Attribute) <= static_cast<std::size_t>(size)) {
        nlattr part{};
        std::memcpy(&part, answer.data() + at, sizeof part);
        if (part.nla_type == type) {
            Attribute found{};
            std::memcpy(&found, answer.data() + at + sizeof part, sizeof found);
            return found;
        }
        if (part.nla_len < sizeof part) {
            break;
        }
        at += NLA_ALIGN(part.nla_len);
    }
    return {};
}

}  // namespace

queue_length unix_queue(int socket) noexcept {
    const auto length = ask_unix_diag<unix_diag_rqlen>(socket, UDIAG_SHOW_RQLEN, UNIX_DIAG_RQLEN);
    return length ? queue_length{true, length->udiag_rqueue, length->udiag_wqueue} : queue_length{};
}

std::optional<bound_file> file_of_unix_socket(int socket) noexcept {
    const auto file = ask_unix_diag<unix_diag_vfs>(socket, UDIAG_SHOW_VFS, UNIX_DIAG_VFS);
    return file ? std::optional(bound_file{file->udiag_vfs_ino, file->udiag_vfs_dev})
                : std::nullopt;
}

}  // namespace lastcall::sys
