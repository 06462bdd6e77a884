#include "sys/socket/status_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>

#include "sys/fd.hpp"

namespace lastcall::sys {
namespace {

using std::chrono::nanoseconds;
using namespace std::string_view_literals;

constexpr std::string_view address_prefix = "@lastcall/";  // as /proc/net/unix shows the zero
constexpr std::string_view listening = "00010000";         // __SO_ACCEPTCON
constexpr std::string_view seqpacket = "0005";

/// "/proc/PID/WHAT" with a zero behind it.
class proc_path {
public:
    proc_path(int pid, std::string_view what) noexcept {
        char* at = std::copy_n("/proc/", 6, text_.data());
        at = std::to_chars(at, text_.data() + 24, pid).ptr;
        *at++ = '/';
        std::copy(what.begin(), what.end(), at);
    }
    [[nodiscard]] const char* c_str() const noexcept { return text_.data(); }

private:
    std::array<char, 48> text_{};
};

unique_fd open_to_read(const char* path) noexcept {
    return unique_fd(::open(path, O_RDONLY | O_CLOEXEC));
}

std::size_t read_some(int fd, std::span<char> into) noexcept {
    ssize_t n = 0;
    do {
        n = ::read(fd, into.data(), into.size());
    } while (n < 0 && errno == EINTR);  // a handler ran before anything was read
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

/// Calls `visit(line)` for each line of a file until it returns false. A line longer than
/// the buffer comes in pieces.
template <class Visit>
void for_each_line(const char* path, Visit&& visit) noexcept {
    const unique_fd file = open_to_read(path);
    std::array<char, 4096> buffer;
    std::size_t held = 0;
    while (file) {
        const std::size_t n = read_some(file.get(), std::span(buffer).subspan(held));
        held += n;
        std::string_view left(buffer.data(), held);
        while (!left.empty()) {
            const std::size_t end = left.find('\n');
            const bool is_whole = end != std::string_view::npos;
            if (!is_whole && n > 0 && left.size() < buffer.size()) {
                break;
            }
            if (!visit(left.substr(0, end))) {
                return;
            }
            left.remove_prefix(is_whole ? end + 1 : left.size());
        }
        if (n == 0) {
            return;
        }
        std::memmove(buffer.data(), left.data(), left.size());
        held = left.size();
    }
}

std::string_view take_word(std::string_view& from) noexcept {
    from.remove_prefix(std::min(from.find_first_not_of(" \t"), from.size()));
    const std::string_view word = from.substr(0, from.find_first_of(" \t"));
    from.remove_prefix(word.size());
    return word;
}

/// The process's number in its own PID namespace, which is the one in its address.
int own_number(int pid) noexcept {
    int number = pid;
    for_each_line(proc_path(pid, "status").c_str(), [&](std::string_view line) {
        if (!line.starts_with("NSpid:")) {
            return true;
        }
        line.remove_prefix("NSpid:"sv.size());
        for (std::string_view w = take_word(line); !w.empty(); w = take_word(line)) {
            std::from_chars(w.data(), w.data() + w.size(), number);
        }
        return false;
    });
    return number;
}

/// The abstract name, without the zero before it; empty for another line.
std::string_view address_in(std::string_view line, int number) noexcept {
    // Num RefCount Protocol Flags Type St Inode Path
    std::array<std::string_view, 8> words;
    std::generate(words.begin(), words.end(), [&] { return take_word(line); });
    std::string_view path = words[7];
    if (words[3] != listening || words[4] != seqpacket || !path.starts_with(address_prefix)) {
        return {};
    }
    int named = 0;
    std::string_view rest = path;
    rest.remove_prefix(address_prefix.size());
    const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), named).ptr;
    const bool fits = end != rest.data() + rest.size() && *end == '/' && named == number;
    path.remove_prefix(1);
    return fits ? path : std::string_view();
}

bool shares_network(int pid) noexcept {
    struct stat own {};
    struct stat other {};
    // Where it may not be looked at, connecting will tell.
    return ::stat("/proc/self/ns/net", &own) != 0 ||
           ::stat(proc_path(pid, "ns/net").c_str(), &other) != 0 ||
           (own.st_ino == other.st_ino && own.st_dev == other.st_dev);
}

/// A socket belongs to the network namespace in which it is made: being there for that one
/// call is enough. Unset where setns(2) is refused.
unique_fd make_socket(int pid) noexcept {
    constexpr int type = SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK;
    if (shares_network(pid)) {
        return unique_fd(::socket(AF_UNIX, type, 0));
    }
    const unique_fd home = open_to_read("/proc/self/ns/net");
    const unique_fd there = open_to_read(proc_path(pid, "ns/net").c_str());
    if (!home || !there || ::setns(there.get(), CLONE_NEWNET) != 0) {
        return {};
    }
    unique_fd made(::socket(AF_UNIX, type, 0));
    ::setns(home.get(), CLONE_NEWNET);
    return made;
}

bool belongs_to(int connection, int pid) noexcept {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == pid;
}

enum class attempt : std::uint8_t { connected, somebody_else, busy };

attempt try_connect(int fd, std::string_view name, int pid) noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name = name.substr(0, sizeof address.sun_path - 1);
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return errno == EAGAIN ? attempt::busy : attempt::somebody_else;
    }
    return belongs_to(fd, pid) ? attempt::connected : attempt::somebody_else;
}

/// Connects `into`. Returns: `answered` when it is.
status_outcome connect_to(int pid, unique_fd& into) noexcept {
    auto outcome = status_outcome::no_socket;
    const int number = own_number(pid);
    for_each_line(proc_path(pid, "net/unix").c_str(), [&](std::string_view line) {
        const std::string_view name = address_in(line, number);
        if (name.empty()) {
            return true;
        }
        into = make_socket(pid);
        if (!into) {
            outcome =
                shares_network(pid) ? status_outcome::failed : status_outcome::other_namespace;
            return false;
        }
        switch (try_connect(into.get(), name, pid)) {
            case attempt::connected:
                outcome = status_outcome::answered;
                return false;
            case attempt::busy:
                outcome = status_outcome::no_answer;
                return true;
            case attempt::somebody_else:
                return true;
        }
        return true;
    });
    return outcome;
}

nanoseconds left_until(nanoseconds moment) noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::max(moment - std::chrono::seconds(now.tv_sec) - nanoseconds(now.tv_nsec),
                    nanoseconds(0));
}

bool wait_for_packet(int fd, nanoseconds until) noexcept {
    for (;;) {
        const nanoseconds left = left_until(until);
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec limit{static_cast<time_t>(whole.count()),
                             static_cast<long>((left - whole).count())};
        pollfd p{fd, POLLIN, 0};
        const int n = ::ppoll(&p, 1, &limit, nullptr);
        // EINTR: a handler of the caller's program ran; the moment is absolute, so look again.
        if (n >= 0 || errno != EINTR) {
            return n > 0;
        }
    }
}

}  // namespace

std::string_view to_string(status_outcome value) noexcept {
    switch (value) {
        case status_outcome::answered:
            return "";
        case status_outcome::no_socket:
            return "it has no status socket";
        case status_outcome::other_namespace:
            return "it lives in another network namespace, which may not be entered";
        case status_outcome::not_admitted:
            return "it closed the connection: it answers only its own user and root";
        case status_outcome::no_answer:
            return "it did not answer in time";
        case status_outcome::failed:
            return "no socket could be made to ask it";
    }
    return "";
}

status_answer ask_status(int pid, std::string_view request, std::span<char> answer,
                         nanoseconds until) noexcept {
    unique_fd connection;
    status_outcome outcome = connect_to(pid, connection);
    // So many ask at once that they have to queue: nothing tells when there is room.
    while (outcome == status_outcome::no_answer && left_until(until) > nanoseconds(0)) {
        ::poll(nullptr, 0, 1);
        outcome = connect_to(pid, connection);
    }
    if (outcome != status_outcome::answered) {
        return {outcome};
    }
    // A failure to send means that the other end has closed already.
    ::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL);
    if (!wait_for_packet(connection.get(), until)) {
        return {status_outcome::no_answer};
    }
    const ssize_t n = ::recv(connection.get(), answer.data(), answer.size(), 0);
    if (n <= 0) {
        return {status_outcome::not_admitted};
    }
    return {status_outcome::answered, static_cast<std::size_t>(n)};
}

}  // namespace lastcall::sys
