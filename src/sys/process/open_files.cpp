#include "sys/process/open_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "sys/process/child_end.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::sys {
namespace {

std::string link_of(proc_path& path) {
    std::array<char, 4096> memory;
    return std::string(read_link(path, memory).value_or(std::string_view()));
}

/// The inode in "socket:[1234]".
std::optional<std::uint64_t> socket_of(std::string_view link) noexcept {
    constexpr std::string_view start = "socket:[";
    if (!link.starts_with(start) || !link.ends_with(']')) {
        return std::nullopt;
    }
    return parse_number(link.substr(start.size(), link.size() - start.size() - 1));
}

/// Whether descriptor `fd` was opened for writing: fdinfo has its flags in octal.
bool is_writable(int pid, int fd) noexcept {
    std::array<char, 512> memory;
    proc_path path(pid);
    const auto text = read_start(path / "fdinfo" / fd, memory);
    const auto flags = text ? parse_number(field_of(*text, "flags:"), 8) : std::nullopt;
    return flags && (*flags & O_ACCMODE) != O_RDONLY;
}

bool is_regular(const std::string& path) noexcept {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

std::string temporary_folder_of(int pid) {
    std::array<char, 1U << 16U> memory;
    proc_path path(pid);
    std::string_view rest = read_start(path / "environ", memory).value_or(std::string_view());
    constexpr std::string_view name = "TMPDIR=";
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\0'), rest.size());
        if (rest.starts_with(name) && end > name.size()) {
            return std::string(rest.substr(name.size(), end - name.size()));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return "/tmp";
}

void add_unix_paths(int pid, open_files& into) {
    proc_path path(pid);
    line_reader lines(path / "net" / "unix");
    while (const auto line = lines.next()) {
        const auto socket = parse_unix_line(*line);
        if (socket && into.inodes.contains(socket->inode) &&
            socket->local.view().starts_with('/')) {
            into.sockets.emplace(socket->local.view());
        }
    }
}

/// All sockets that processes have, until `what` says false.
template <typename Function>
void for_each_socket(Function&& what) {
    proc_path proc("/proc");
    folder_reader processes(proc);
    while (const auto pid = processes.next_number()) {
        proc_path descriptors(*pid);
        folder_reader folder(descriptors / "fd");
        while (const auto fd = folder.next_number()) {
            proc_path path(*pid);
            const auto inode = socket_of(link_of(path / "fd" / *fd));
            if (inode && !what(*pid, *fd, *inode)) {
                return;
            }
        }
    }
}

}  // namespace

open_files files_of(int pid) {
    open_files found;
    proc_path descriptors(pid);
    folder_reader folder(descriptors / "fd");
    while (const auto fd = folder.next_number()) {
        proc_path path(pid);
        const auto link = link_of(path / "fd" / *fd);
        if (const auto inode = socket_of(link)) {
            found.inodes.insert(*inode);
        } else if (link.starts_with('/') && !link.ends_with(" (deleted)") &&
                   is_writable(pid, *fd) && is_regular(link)) {
            found.paths.insert(link);
        }
    }
    add_unix_paths(pid, found);
    proc_path cwd(pid);
    found.folder = link_of(cwd / "cwd");
    found.temporary = temporary_folder_of(pid);
    return found;
}

std::set<std::string> names_in(const std::string& folder) {
    std::set<std::string> names;
    proc_path path(folder);
    folder_reader reader(path);
    while (const auto name = reader.next()) {
        names.emplace(*name);
    }
    return names;
}

bool is_there(const std::string& path) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0;
}

std::vector<std::pair<int, std::uint64_t>> owners_of(const std::set<std::uint64_t>& inodes) {
    std::vector<std::pair<int, std::uint64_t>> found;
    for_each_socket([&](int pid, int /*fd*/, std::uint64_t inode) {
        if (inodes.contains(inode)) {
            found.emplace_back(pid, inode);
        }
        return true;
    });
    return found;
}

unique_fd copy_of_socket(std::uint64_t wanted) {
    unique_fd found;
    for_each_socket([&](int pid, int fd, std::uint64_t inode) {
        if (inode != wanted) {
            return true;
        }
        auto copy = take_descriptor(open_process(pid).get(), fd);
        struct stat facts {};
        // Its owner may have put something else there meanwhile.
        if (copy && ::fstat(copy.get(), &facts) == 0 && facts.st_ino == wanted) {
            found = std::move(copy);
        }
        return !found;
    });
    return found;
}

}  // namespace lastcall::sys
