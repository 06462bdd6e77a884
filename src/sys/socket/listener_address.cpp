#include "sys/socket/listener_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <set>
#include <tuple>

#include "sys/process/open_files.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/socket/listen_queue.hpp"

namespace lastcall::sys {
namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    throw listener_error(EINVAL, "the address \"" + std::string(text) + "\" " + why +
                                     "; write tcp:127.0.0.1:8080, tcp:[::1]:8080, tcp:*:8080 or "
                                     "unix:/run/name.sock");
}

bool has_ipv6() noexcept {
    proc_path path("/proc/net/if_inet6");
    std::array<char, 64> some{};
    const auto text = read_start(path, some);
    return text && !text->empty();
}

void parse_tcp(std::string_view whole, std::string_view text, listener_address& into) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        refuse(whole, "has no port");
    }
    std::uint16_t port = 0;
    const auto digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
        refuse(whole, "has no port from 0 to 65535");
    }
    std::string host(text.substr(0, colon));
    if (host.empty() || host == "*") {
        host = has_ipv6() ? "[::]" : "0.0.0.0";
    }
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&into.storage);
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&into.storage);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) != 1) {
            refuse(whole, "has no address of IPv6 in its brackets");
        }
        v6->sin6_family = AF_INET6;
        into.size = sizeof *v6;
    } else {
        if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) != 1) {
            refuse(whole, "needs its host in numbers");
        }
        v4->sin_family = AF_INET;
        into.size = sizeof *v4;
    }
    into.set_port(port);
}

}  // namespace

socklen_t unix_address(const std::string& path, sockaddr_storage& into) noexcept {
    auto* const address = reinterpret_cast<sockaddr_un*>(&into);
    if (path.size() >= sizeof address->sun_path) {
        return 0;
    }
    into = {};
    address->sun_family = AF_UNIX;
    std::memcpy(address->sun_path, path.c_str(), path.size() + 1);
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
}

listener_address listener_address::parse(std::string_view text) {
    listener_address made;
    if (text.starts_with("tcp:")) {
        parse_tcp(text, text.substr(4), made);
        return made;
    }
    if (!text.starts_with("unix:")) {
        refuse(text, "begins with neither tcp: nor unix:");
    }
    made.is_unix = true;
    made.path = text.substr(5);
    if (made.path.empty() || made.path.front() != '/' || made.path.back() == '/') {
        refuse(text, "needs the absolute path of a socket");
    }
    // Each generation's socket has a name of its own beside it: ".NAME.slot0".
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1 - sizeof(".slot0");
    if (made.path.size() > longest) {
        throw listener_error(ENAMETOOLONG, "the path of the socket " + made.path +
                                               " is longer than " + std::to_string(longest) +
                                               " bytes; choose a shorter");
    }
    made.size = unix_address(made.path, made.storage);
    return made;
}

std::uint16_t listener_address::port() const noexcept {
    if (is_unix) {
        return 0;
    }
    return ntohs(family() == AF_INET ? reinterpret_cast<const sockaddr_in*>(&storage)->sin_port
                                     : reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
}

void listener_address::set_port(std::uint16_t port) noexcept {
    if (family() == AF_INET) {
        reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(port);
    } else {
        reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = htons(port);
    }
}

std::string listener_address::text() const {
    if (is_unix) {
        return "unix:" + path;
    }
    std::array<char, INET6_ADDRSTRLEN> digits{};
    if (family() == AF_INET) {
        const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&storage);
        ::inet_ntop(AF_INET, &v4->sin_addr, digits.data(), digits.size());
        return std::string("tcp:") + digits.data() + ":" + std::to_string(port());
    }
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, digits.data(), digits.size());
    return std::string("tcp:[") + digits.data() + "]:" + std::to_string(port());
}

std::string who_listens(const listener_address& at) {
    std::set<std::uint64_t> inodes;
    if (at.is_unix) {
        proc_path table("/proc/net/unix");
        line_reader lines(table);
        while (const auto line = lines.next()) {
            if (line->ends_with(" " + at.path)) {
                auto rest = *line;
                for (int word = 0; word < 6; ++word) {
                    std::ignore = take_word(rest);
                }
                inodes.insert(parse_number(take_word(rest)).value_or(0));
            }
        }
    } else {
        inet_diag ask;
        const auto take = [&](const tcp_line& line) { inodes.insert(line.inode); };
        ask.list(AF_INET, at.port(), tcp_states::listening, take);
        ask.list(AF_INET6, at.port(), tcp_states::listening, take);
    }
    inodes.erase(0);
    const auto owners =
        inodes.empty() ? std::vector<std::pair<int, std::uint64_t>>{} : owners_of(inodes);
    if (owners.empty()) {
        return {};
    }
    process_facts facts;
    const int pid = owners.front().first;
    if (!read_process_facts(pid, facts)) {
        return " (pid " + std::to_string(pid) + ")";
    }
    return " (pid " + std::to_string(pid) + ", " + std::string(facts.comm.view()) + ")";
}

}  // namespace lastcall::sys
