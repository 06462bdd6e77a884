#include "sys/process/descriptor_list.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>

#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t descriptors_at_most = 8192;

std::uint64_t bracketed_number(std::string_view target) noexcept {
    const auto open = target.find('[');
    const auto close = target.rfind(']');
    return open == std::string_view::npos || close == std::string_view::npos || close < open
               ? 0
               : parse_number(target.substr(open + 1, close - open - 1)).value_or(0);
}

descriptor_kind kind_of(std::string_view target) noexcept {
    if (target.starts_with("socket:[")) {
        return descriptor_kind::socket;
    }
    if (target.starts_with("pipe:[")) {
        return descriptor_kind::pipe;
    }
    if (target == "anon_inode:[eventpoll]") {
        return descriptor_kind::epoll;
    }
    if (target == "anon_inode:[eventfd]") {
        return descriptor_kind::eventfd;
    }
    if (target == "anon_inode:[signalfd]") {
        return descriptor_kind::signalfd;
    }
    return target.starts_with('/') ? descriptor_kind::file : descriptor_kind::other;
}

/// What the descriptor is, by the folder of them: half of the way of a whole path. Unset: there is
/// no such descriptor. Lifetime: that of `room`.
std::optional<std::string_view> target_at(int folder, int number, std::span<char> room) noexcept {
    short_text<16> name;
    name.append_number(static_cast<std::uint64_t>(number));
    const auto size = ::readlinkat(folder, name.c_str(), room.data(), room.size());
    return size <= 0 ? std::nullopt
                     : std::optional(std::string_view(room.data(), static_cast<std::size_t>(size)));
}

/// The inode of a socket; 0: it is none. Unset: there is no such descriptor.
std::optional<std::uint64_t> socket_at(int folder, int number) noexcept {
    std::array<char, 64> room;
    const auto target = target_at(folder, number, room);
    if (!target) {
        return std::nullopt;
    }
    return target->starts_with("socket:[") ? bracketed_number(*target) : 0;
}

}  // namespace

const descriptor* descriptor_list::find(int number) const noexcept {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const descriptor& one) { return one.number == number; });
    return found == all.end() ? nullptr : &*found;
}

descriptor_list descriptors_of(int pid) {
    descriptor_list found;
    proc_path path = proc_path(pid) / "fd";
    folder_reader folder(path);
    found.is_readable = folder.is_open();
    bool has_one = false;
    while (const auto number = folder.next_number()) {
        has_one = true;
        if (found.all.size() == descriptors_at_most) {
            found.is_whole = false;
            break;
        }
        std::array<char, 1024> room;
        const auto target = target_at(folder.fd(), *number, room);
        if (!target) {
            continue;
        }
        descriptor one;
        one.number = *number;
        one.kind = kind_of(*target);
        if (one.kind == descriptor_kind::socket || one.kind == descriptor_kind::pipe) {
            one.inode = bracketed_number(*target);
            one.target = *target;
        } else {
            short_text<1024> printable;
            printable.append_escaped(*target);
            one.target = printable.view();
        }
        found.all.push_back(std::move(one));
    }
    // Root without CAP_SYS_PTRACE may list them, and not look where they lead.
    found.is_readable = found.is_readable && (!has_one || !found.all.empty());
    return found;
}

bool has_socket_of(int pid, const std::function<bool(std::uint64_t inode)>& is_meant) {
    proc_path path = proc_path(pid) / "fd";
    folder_reader folder(path);
    while (const auto number = folder.next_number()) {
        const auto inode = socket_at(folder.fd(), *number);
        if (inode && *inode != 0 && is_meant(*inode)) {
            return true;
        }
    }
    return false;
}

bool has_early_socket_of(int pid, const std::function<bool(std::uint64_t inode)>& is_meant) {
    constexpr int first = 3;
    constexpr int last = 32;
    constexpr int missing_at_most = 3;
    proc_path path = proc_path(pid) / "fd";
    // Since Linux 6.2 the size of the folder is how many there are; before, 0.
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0 || (facts.st_size > 0 && facts.st_size <= first)) {
        return false;
    }
    const folder_reader folder(path);
    int missing = 0;
    for (int number = first; folder.is_open() && number < last && missing < missing_at_most;
         ++number) {
        const auto inode = socket_at(folder.fd(), number);
        missing = inode ? 0 : missing + 1;
        if (inode && *inode != 0 && is_meant(*inode)) {
            return true;
        }
    }
    return false;
}

bool may_be_tcp(int pid, int number) {
    proc_path path = proc_path(pid) / "fd" / number;
    std::array<char, 32> name;
    const auto size = ::getxattr(path.c_str(), "system.sockprotoname", name.data(), name.size());
    return size < 0 ||
           std::string_view(name.data(), static_cast<std::size_t>(size)).starts_with("TCP");
}

std::string descriptor_field(int pid, int number, std::string_view name) {
    proc_path path = proc_path(pid) / "fdinfo" / number;
    std::array<char, 1024> room;
    return std::string(field_of(read_start(path, room).value_or(""), name));
}

std::vector<int> watched_by(int pid, int epoll) {
    std::vector<int> found;
    proc_path path = proc_path(pid) / "fdinfo" / epoll;
    line_reader lines(path);
    while (const auto line = lines.next()) {
        std::string_view rest = *line;
        if (take_word(rest) == "tfd:") {
            if (const auto number = parse_id(take_word(rest))) {
                found.push_back(*number);
            }
        }
    }
    return found;
}

}  // namespace lastcall::sys
