#include "sys/process/cgroup_memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

namespace lastcall::sys {
namespace {

/// The file `name` of the cgroup at `path` below `mount`; where a container hides that, of
/// the cgroup that its mount begins with.
unique_fd open_below(std::string_view mount, std::string_view path,
                     std::string_view name) noexcept {
    for (const std::string_view middle : {path, std::string_view()}) {
        std::array<char, 4096> whole;
        if (mount.size() + middle.size() + name.size() >= whole.size()) {
            continue;
        }
        char* end = whole.data();
        for (const std::string_view part : {mount, middle, name}) {
            end = static_cast<char*>(std::memcpy(end, part.data(), part.size())) + part.size();
        }
        *end = '\0';
        unique_fd found(::open(whole.data(), O_RDONLY | O_CLOEXEC));
        if (found) {
            return found;
        }
    }
    return {};
}

bool names_memory(std::string_view controllers) noexcept {
    while (!controllers.empty()) {
        const std::size_t comma = controllers.find(',');
        if (controllers.substr(0, comma) == "memory") {
            return true;
        }
        controllers = comma == std::string_view::npos ? "" : controllers.substr(comma + 1);
    }
    return false;
}

/// One line of /proc/self/cgroup, "4:memory:/path" or "0::/path": cgroups(7).
unique_fd open_events(std::string_view line) noexcept {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
        return {};
    }
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view path = line.substr(second + 1);
    if (line.substr(0, first) == "0" && controllers.empty()) {
        unique_fd events = open_below("/sys/fs/cgroup", path, "/memory.events");
        return events ? std::move(events)
                      : open_below("/sys/fs/cgroup/unified", path, "/memory.events");
    }
    if (names_memory(controllers)) {
        return open_below("/sys/fs/cgroup/memory", path, "/memory.oom_control");
    }
    return {};
}

}  // namespace

oom_counter::oom_counter() noexcept {
    const unique_fd groups(::open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC));
    std::array<char, 8192> memory;
    const ssize_t size = groups ? ::read(groups.get(), memory.data(), memory.size()) : 0;
    std::string_view left(memory.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!left.empty() && !fd_) {
        const std::size_t end = left.find('\n');
        fd_ = open_events(left.substr(0, end));
        left = end == std::string_view::npos ? "" : left.substr(end + 1);
    }
}

std::optional<std::uint64_t> oom_counter::read() const noexcept {
    std::array<char, 1024> memory;
    const ssize_t size = fd_ ? ::pread(fd_.get(), memory.data(), memory.size(), 0) : -1;
    if (size <= 0) {
        return std::nullopt;
    }
    const std::string_view text(memory.data(), static_cast<std::size_t>(size));
    constexpr std::string_view name = "oom_kill ";
    std::size_t at = 0;
    // At the start of a line: "oom_group_kill" and "oom_kill_disable" are other counters.
    while ((at = text.find(name, at)) != std::string_view::npos) {
        if (at == 0 || text[at - 1] == '\n') {
            std::uint64_t count = 0;
            std::from_chars(text.data() + at + name.size(), text.data() + text.size(), count);
            return count;
        }
        ++at;
    }
    return std::nullopt;
}

}  // namespace lastcall::sys
