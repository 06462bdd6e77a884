#include "adapters/durable_file/sys_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace lastcall::durable {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int open_again(int directory, const char* name, int flags, mode_t mode = 0) noexcept {
    int fd = -1;
    do {
        fd = ::openat(directory, name, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);  // NFS, FUSE: interrupted before anything happened
    return fd;
}

}  // namespace

int disk::write(int fd, std::string_view& bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {  // EINTR: nothing was written; go on
            return errno;
        }
    }
    return 0;
}

int disk::sync_content(int fd) noexcept {
    int result = 0;
    do {
        result = ::fdatasync(fd);
    } while (result != 0 && errno == EINTR);  // some network file systems; not a failed write
    return result == 0 ? 0 : errno;
}

int disk::sync_all(int fd) noexcept {
    int result = 0;
    do {
        result = ::fsync(fd);
    } while (result != 0 && errno == EINTR);  // as above
    return result == 0 ? 0 : errno;
}

int disk::close(sys::unique_fd& fd) noexcept {
    // Not retried: after EINTR the descriptor is gone on Linux, and the content was
    // synced before, so nothing can fail that has not been reported (close(2), NOTES).
    return ::close(fd.release()) == 0 || errno == EINTR ? 0 : errno;
}

int disk::rename(int directory, const char* from, const char* to) noexcept {
    return ::renameat(directory, from, directory, to) == 0 ? 0 : errno;
}

disk& disk::real() noexcept {
    static disk only;
    return only;
}

opened open_to_append(const std::string& path, unsigned mode) {
    constexpr int flags = O_WRONLY | O_APPEND | O_CREAT;
    opened result;
    result.fd.reset(open_again(AT_FDCWD, path.c_str(), flags | O_EXCL, mode));
    result.is_new = static_cast<bool>(result.fd);
    if (!result.fd && errno == EEXIST) {
        result.fd.reset(open_again(AT_FDCWD, path.c_str(), flags, mode));
    }
    if (!result.fd) {
        fail("open " + path + " to append");
    }
    return result;
}

sys::unique_fd open_directory_of(const std::string& path) {
    std::string parent = std::filesystem::path(path).parent_path().string();
    if (parent.empty()) {
        parent = ".";
    }
    sys::unique_fd fd(open_again(AT_FDCWD, parent.c_str(), O_RDONLY | O_DIRECTORY));
    if (!fd) {
        fail("open the directory " + parent);
    }
    return fd;
}

sys::unique_fd make_beside(int directory, const std::string& name) {
    sys::unique_fd fd(
        open_again(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    if (!fd) {
        fail("make " + name);
    }
    return fd;
}

unsigned mode_of(int directory, const char* name, unsigned otherwise) noexcept {
    struct stat what {};
    if (::fstatat(directory, name, &what, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(what.st_mode)) {
        return what.st_mode & 07777U;
    }
    // umask(2) can only be read by setting it, which other threads would see; /proc
    // tells. Without /proc, the strictest usual one.
    unsigned mask = 077;
    std::ifstream status("/proc/thread-self/status");
    for (std::string word; status >> word;) {
        if (word == "Umask:") {
            status >> std::oct >> mask;
            break;
        }
    }
    return otherwise & ~mask;
}

int set_mode(int fd, unsigned mode) noexcept { return ::fchmod(fd, mode) == 0 ? 0 : errno; }

void remove(int directory, const char* name) noexcept { ::unlinkat(directory, name, 0); }

}  // namespace lastcall::durable
