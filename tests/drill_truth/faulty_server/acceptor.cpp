#include "acceptor.hpp"

#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace faulty {
namespace {

/// For a handshake whose SYN came in before the filter: its last packet is at most this late.
constexpr std::chrono::milliseconds handshake_time{20};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int listen_on(std::uint16_t& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 1024) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        fail("listen on 127.0.0.1");
    }
    port = ntohs(address.sin_port);
    return fd;
}

}  // namespace

acceptor::acceptor(service& shared, taker take)
    : service_(shared), take_(std::move(take)), fd_(-1) {
    port_ = service_.told.port;
    fd_ = listen_on(port_);
    thread_ = std::thread([this] { accept_all(); });
}

acceptor::~acceptor() {
    pause();
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

void acceptor::accept_all() {
    while (!ended_.is_up()) {
        std::array<pollfd, 2> watched{{{fd_, POLLIN, 0}, {ended_.descriptor(), POLLIN, 0}}};
        ::poll(watched.data(), watched.size(), -1);
        if (ended_.is_up()) {
            return;
        }
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            take_(fd);
        }
    }
}

void acceptor::pause() {
    ended_.raise();
    if (thread_.joinable()) {
        thread_.join();
    }
}

/// A filter that lets every packet pass but a SYN: to its sender the listener is silent,
/// while those who are connected already lose nothing.
void acceptor::refuse_new() const {
    std::array<sock_filter, 5> program{{
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, 13},     // the flags of the TCP header
        {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x12},  // SYN, ACK
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x02},  // SYN alone
        {BPF_RET | BPF_K, 0, 0, 0},               // drop it
        {BPF_RET | BPF_K, 0, 0, UINT32_MAX},      // keep all of it
    }};
    const sock_fprog filter{program.size(), program.data()};
    if (::setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
        fail("SO_ATTACH_FILTER");
    }
    std::this_thread::sleep_for(handshake_time);
}

void acceptor::close_in_order() {
    pause();
    refuse_new();
    for (int fd = 0; (fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
        take_(fd);
    }
    ::close(fd_);
    fd_ = -1;
    service_.truth.add(truth_line("listener_closed"));
}

void acceptor::drop_queue() {
    refuse_new();
    note_queue();
    ::close(fd_);
    fd_ = -1;
    service_.truth.add(truth_line("listener_closed"));
}

/// Who waits in the queue has a socket in the kernel's table that is not yet a file: its
/// inode is 0 (proc(5), /proc/net/tcp).
void acceptor::note_queue() const {
    std::ifstream table("/proc/net/tcp");
    std::string line;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
            timeout >> inode;
        const auto port_of = [](const std::string& address) {
            return std::stol(address.substr(address.find(':') + 1), nullptr, 16);
        };
        const bool established = state == "01" || state == "08";
        if (!established || inode != "0" || local.substr(0, 8) != "0100007F" ||
            port_of(local) != port_) {
            continue;
        }
        const auto unread = std::stol(queues.substr(queues.find(':') + 1), nullptr, 16);
        service_.truth.add(truth_line("queue_dropped")
                               .text("fault", to_string(fault::accept_queue_dropped))
                               .number("peer", port_of(remote))
                               .number("unread", unread));
    }
}

}  // namespace faulty
