#include "sys/process/identity.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "sys/fd.hpp"
#include "sys/process/pidfd.hpp"

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

namespace lastcall::sys {

std::uint64_t own_pidfs_id() noexcept {
    const unique_fd self = open_process(::getpid());
    struct statfs system {};
    struct stat status {};
    // Before pidfs all pidfds shared one inode, which says nothing.
    if (!self || ::fstatfs(self.get(), &system) != 0 || system.f_type != PID_FS_MAGIC ||
        ::fstat(self.get(), &status) != 0) {
        return 0;
    }
    return status.st_ino;
}

int parent_of(int pid) noexcept {
    std::array<char, 40> path{"/proc/"};
    char* end = std::to_chars(path.data() + 6, path.data() + 20, pid).ptr;
    constexpr std::string_view stat = "/stat";
    std::memcpy(end, stat.data(), stat.size());
    const unique_fd file(::open(path.data(), O_RDONLY | O_CLOEXEC));
    std::array<char, 512> text;
    const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
    if (size <= 0) {
        return -1;
    }
    // "PID (NAME) S PPID ...": the name may hold anything, so from its last parenthesis.
    const std::string_view line(text.data(), static_cast<std::size_t>(size));
    const std::size_t name_end = line.rfind(") ");
    int parent = -1;
    if (name_end != line.npos && name_end + 4 < line.size()) {
        std::from_chars(line.data() + name_end + 4, line.data() + line.size(), parent);
    }
    return parent;
}

bool is_descendant(int pid) noexcept {
    const int self = ::getpid();
    if (pid <= 0 || pid == self) {
        return false;
    }
    if (self == 1) {
        return true;
    }
    // A parent may end between two looks; its children then have another, and the walk
    // starts again.
    for (int attempt = 0; attempt < 4; ++attempt) {
        int at = pid;
        for (int depth = 0; depth < 1024 && at > 1; ++depth) {
            at = parent_of(at);
            if (at == self) {
                return true;
            }
        }
        if (at >= 0) {
            return false;
        }
    }
    return false;
}

}  // namespace lastcall::sys
