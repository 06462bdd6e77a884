#include "doctor/idle_listeners.hpp"

#include <algorithm>
#include <array>

namespace lastcall::doctor {
namespace {

constexpr int first_given = 3;  // SD_LISTEN_FDS_START
constexpr std::size_t environment_at_most = 256U << 10U;
constexpr std::size_t lines_at_most = 32;

/// LISTEN_FDS of the environment that it was executed with.
int given_to(int pid) noexcept {
    const sys::scratch_memory memory(environment_at_most);
    sys::proc_path path = sys::proc_path(pid) / "environ";
    auto text = sys::read_start(path, memory.as<char>(environment_at_most)).value_or("");
    constexpr std::string_view name = "LISTEN_FDS=";
    while (!text.empty()) {
        const auto one = text.substr(0, text.find('\0'));
        if (one.substr(0, name.size()) == name) {
            return sys::parse_id(one.substr(name.size())).value_or(0);
        }
        text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    return 0;
}

/// Whether one of the descriptors from `first_given` to before `end` is in this epoll set.
bool watches_given(int pid, int set, int end) noexcept {
    sys::proc_path path = sys::proc_path(pid) / "fdinfo" / set;
    sys::line_reader lines(path);
    while (const auto line = lines.next()) {
        std::string_view rest = *line;
        if (sys::take_word(rest) != "tfd:") {
            continue;
        }
        const auto watched = sys::parse_id(sys::take_word(rest));
        if (watched && *watched >= first_given && *watched < end) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::size_t idle_listeners(int pid, std::span<const sys::socket_line> lines) noexcept {
    lines = lines.first(std::min(lines.size(), lines_at_most));
    const int end = first_given + given_to(pid);
    if (end == first_given) {
        return 0;
    }
    std::array<bool, lines_at_most> is_given{};
    std::array<bool, lines_at_most> is_own{};
    bool has_set = false;
    sys::proc_path path = sys::proc_path(pid) / "fd";
    sys::folder_reader folder(path);
    while (const auto fd = folder.next_number()) {
        sys::proc_path link = sys::proc_path(pid) / "fd" / *fd;
        std::array<char, 64> room;
        const auto target = sys::read_link(link, room).value_or("");
        if (target == "anon_inode:[eventpoll]") {
            has_set = true;
            if (watches_given(pid, *fd, end)) {
                return 0;
            }
        }
        constexpr std::string_view start = "socket:[";
        if (target.substr(0, start.size()) != start) {
            continue;
        }
        const auto inode =
            sys::parse_number(target.substr(start.size(), target.find(']') - start.size()));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (inode && lines[i].inode == *inode) {
                (*fd >= first_given && *fd < end ? is_given : is_own)[i] = true;
            }
        }
    }
    std::size_t count = 0;
    for (std::size_t i = 0; has_set && i < lines.size(); ++i) {
        if (lines[i].state == sys::socket_state::listening && is_given[i] && !is_own[i]) {
            ++count;
        }
    }
    return count;
}

}  // namespace lastcall::doctor
