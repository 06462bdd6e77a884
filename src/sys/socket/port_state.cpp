#include "sys/socket/port_state.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "sys/process/proc_reader.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::sys {
namespace {

constexpr int time_wait = 6;

/// "tx:rx" in hexadecimal.
std::uint64_t half(std::string_view queues, bool second) noexcept {
    const auto colon = queues.find(':');
    if (colon == std::string_view::npos) {
        return 0;
    }
    return parse_number(second ? queues.substr(colon + 1) : queues.substr(0, colon), 16)
        .value_or(0);
}

void add_table(const char* file, std::uint16_t port, std::vector<port_socket>& into) {
    proc_path path(file);
    line_reader lines(path);
    while (const auto line = lines.next()) {
        const auto parsed = parse_inet_line(*line, socket_kind::tcp);
        if (!parsed || parsed->local_port != port) {
            continue;
        }
        // 0: 0100007F:1F90 0200007F:9C40 01 00000000:00000000 ...
        std::string_view rest = *line;
        for (int word = 0; word < 3; ++word) {
            static_cast<void>(take_word(rest));
        }
        const int state = static_cast<int>(parse_number(take_word(rest), 16).value_or(0));
        const auto queues = take_word(rest);
        if (state != time_wait) {
            into.push_back({.local = std::string(parsed->local.view()),
                            .peer = std::string(parsed->peer.view()),
                            .state = state,
                            .inode = parsed->inode,
                            .unsent = half(queues, false),
                            .unread = half(queues, true)});
        }
    }
}

}  // namespace

std::string_view name_of_tcp_state(int state) noexcept {
    static constexpr std::array<std::string_view, 13> names{
        "?",     "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
        "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "SYN_RECV"};
    const auto at = static_cast<std::size_t>(state);
    return at < names.size() ? names[at] : names[0];
}

std::vector<port_socket> sockets_of_port(std::uint16_t port) {
    std::vector<port_socket> found;
    add_table("/proc/self/net/tcp", port, found);
    add_table("/proc/self/net/tcp6", port, found);
    return found;
}

bool shares_network_with_us(int pid) {
    struct stat ours {};
    struct stat its {};
    proc_path path(pid);
    return ::stat("/proc/self/ns/net", &ours) != 0 ||
           ::stat((path / "ns" / "net").c_str(), &its) != 0 || ours.st_ino == its.st_ino;
}

int try_bind(const endpoint& at, bool reuses) noexcept {
    const unique_fd socket(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) {
        return errno;
    }
    const int on = reuses ? 1 : 0;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return ::bind(socket.get(), at.address(), at.size()) == 0 ? 0 : errno;
}

}  // namespace lastcall::sys
