#include "sys/process/process_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "sys/fd.hpp"
#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

/// More than any folder of configurations has.
constexpr std::size_t names_at_most = 1024;

std::string link_text(int pid, const char* name) {
    std::array<char, 4096> room;
    proc_path path = proc_path(pid) / name;
    return std::string(read_link(path, room).value_or(""));
}

/// openat2(2), RESOLVE_IN_ROOT: what a container has put into its files stays in the container.
unique_fd open_below_root(int pid, const std::string& path, std::uint64_t flags) {
    const std::string root = "/proc/" + std::to_string(pid) + "/root";
    const unique_fd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT;
    return unique_fd(
        static_cast<int>(::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how)));
}

}  // namespace

std::string working_folder_of(int pid) {
    auto folder = link_text(pid, "cwd");
    // In a chroot(2) the kernel tells both as we see them.
    const auto root = link_text(pid, "root");
    if (root.size() > 1 && (folder + "/").starts_with(root + "/")) {
        folder.erase(0, root.size());
    }
    return folder.empty() && !root.empty() ? "/" : folder;
}

std::optional<std::string> read_file_of(int pid, const std::string& path, std::size_t at_most) {
    // A fifo waits when it is opened, and a device may do something: what it is is asked first.
    const auto found = open_below_root(pid, path, O_PATH);
    struct stat facts {};
    if (!found || ::fstat(found.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return std::nullopt;
    }
    const std::string same = "/proc/self/fd/" + std::to_string(found.get());
    const unique_fd file(::open(same.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(at_most + 1, '\0');
    std::size_t size = 0;
    while (file && size < text.size()) {
        const auto got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0) {
            return std::nullopt;
        }
        if (got == 0) {
            text.resize(size);
            return text;
        }
        size += static_cast<std::size_t>(got);
    }
    return std::nullopt;
}

std::vector<std::string> names_in_folder_of(int pid, const std::string& path) {
    auto folder = open_below_root(pid, path, O_RDONLY | O_DIRECTORY);
    DIR* names = folder ? ::fdopendir(folder.get()) : nullptr;
    if (names == nullptr) {
        return {};
    }
    (void)folder.release();
    std::vector<std::string> made;
    while (const dirent* one = ::readdir(names)) {
        const std::string name(one->d_name);
        if (name != "." && name != ".." && made.size() < names_at_most) {
            made.push_back(name);
        }
    }
    ::closedir(names);
    std::sort(made.begin(), made.end());
    return made;
}

}  // namespace lastcall::sys
