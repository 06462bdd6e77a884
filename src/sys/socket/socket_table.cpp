#include "sys/socket/socket_table.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sys/clock.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t inodes_at_most = 1U << 20U;  // the default of fs.nr_open
constexpr std::size_t ports_at_most = 64;
constexpr unsigned lines_between_looks = 256;

/// Looks at the clock now and then: reading it costs as much as a line.
class time_limit {
public:
    explicit time_limit(std::chrono::nanoseconds until) noexcept : until_(until) {}
    [[nodiscard]] bool is_over() noexcept {
        if (count_++ % lines_between_looks == 0) {
            is_over_ = monotonic_now() >= until_;
        }
        return is_over_;
    }

private:
    std::chrono::nanoseconds until_;
    unsigned count_ = 0;
    bool is_over_ = false;
};

struct reading {
    std::span<socket_line> into;
    socket_counts counts;
    std::span<std::uint64_t> inodes{};                 // of the process, sorted
    std::span<bool> counted{};                         // beside them
    std::array<std::uint16_t, ports_at_most> ports{};  // that somebody listens on
    std::size_t port_count = 0;

    /// A socket of the process that was not seen yet: the kernel repeats lines when its
    /// tables change while they are read.
    [[nodiscard]] bool is_new(std::uint64_t inode) noexcept {
        const auto at = std::lower_bound(inodes.begin(), inodes.end(), inode);
        if (at == inodes.end() || *at != inode) {
            return false;
        }
        return !std::exchange(counted[static_cast<std::size_t>(at - inodes.begin())], true);
    }

    void note_port(std::uint16_t port) noexcept {
        if (port_count < ports.size()) {
            ports[port_count++] = port;
        }
    }

    void add(socket_line& line) noexcept {
        // Tables of TCP begin with the listening ones.
        line.is_client = line.is_client ||
                         (line.kind == socket_kind::tcp && line.state == socket_state::connected &&
                          std::find(ports.begin(), ports.begin() + port_count, line.local_port) !=
                              ports.begin() + port_count);
        const bool has_name = line.kind != socket_kind::unix_path || !line.local.empty();
        switch (line.state) {
            case socket_state::listening:
                ++counts.listening;
                break;
            case socket_state::connected:
                counts.connected += has_name ? 1 : 0;
                counts.other += has_name ? 0 : 1;
                counts.clients += line.is_client ? 1 : 0;
                break;
            case socket_state::closed_by_peer:
                ++counts.closed_by_peer;
                break;
            default:
                ++counts.other;
                break;
        }
        // A quarter is kept for those that listen: the tables come one after the other.
        const std::size_t room =
            line.state == socket_state::listening ? into.size() : into.size() - into.size() / 4;
        if (has_name && counts.lines < room && line.state != socket_state::closing) {
            into[counts.lines++] = line;
        }
    }
};

/// The inodes of the sockets among the descriptors of a process, sorted.
std::span<std::uint64_t> read_inodes(int pid, const scratch_memory& memory, time_limit& limit,
                                     socket_counts& counts) noexcept {
    const auto all = memory.as<std::uint64_t>(inodes_at_most);
    proc_path path = proc_path(pid) / "fd";
    folder_reader folder(path);
    counts.is_readable = folder.is_open();
    std::size_t count = 0;
    while (const auto name = folder.next()) {
        if (count == all.size() || limit.is_over()) {
            counts.is_complete = false;
            break;
        }
        std::array<char, 64> target;
        const ssize_t size = ::readlinkat(folder.fd(), name->data(), target.data(), target.size());
        constexpr std::string_view start = "socket:[";
        const std::string_view text(target.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
        if (text.substr(0, start.size()) != start || text.back() != ']') {
            continue;
        }
        const auto inode = parse_number(text.substr(start.size(), text.size() - start.size() - 1));
        if (inode) {
            all[count++] = *inode;
        }
    }
    const auto found = all.first(count);
    std::sort(found.begin(), found.end());
    return found;
}

void read_table(int pid, std::string_view name, socket_kind kind, time_limit& limit,
                reading& state) noexcept {
    proc_path path = proc_path(pid) / "net" / name;
    line_reader lines(path);
    while (const auto line = lines.next()) {
        if (limit.is_over()) {
            state.counts.is_complete = false;
            return;
        }
        auto found =
            kind == socket_kind::unix_path ? parse_unix_line(*line) : parse_inet_line(*line, kind);
        if (!found) {
            continue;
        }
        if (found->state == socket_state::listening && kind == socket_kind::tcp) {
            state.note_port(found->local_port);
        }
        if (state.is_new(found->inode)) {
            state.add(*found);
        }
    }
}

}  // namespace

socket_counts read_sockets(int pid, std::span<socket_line> into,
                           std::chrono::nanoseconds until) noexcept {
    const scratch_memory memory(inodes_at_most * sizeof(std::uint64_t));
    const scratch_memory marks(inodes_at_most * sizeof(bool));
    time_limit limit(until);
    reading state{into, {}};
    state.inodes = read_inodes(pid, memory, limit, state.counts);
    state.counted = marks.as<bool>(inodes_at_most);
    if (state.counted.empty()) {
        state.counts.is_complete = false;
    } else if (!state.inodes.empty()) {
        read_table(pid, "tcp", socket_kind::tcp, limit, state);
        read_table(pid, "tcp6", socket_kind::tcp, limit, state);
        read_table(pid, "unix", socket_kind::unix_path, limit, state);
        read_table(pid, "udp", socket_kind::udp, limit, state);
        read_table(pid, "udp6", socket_kind::udp, limit, state);
    }
    const auto lines = into.first(state.counts.lines);
    // Not std::stable_sort, which asks for memory; the order within is of no meaning.
    std::sort(lines.begin(), lines.end(),
              [](const socket_line& a, const socket_line& b) { return a.state < b.state; });
    return state.counts;
}

}  // namespace lastcall::sys
