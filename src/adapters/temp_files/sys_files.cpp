#include "adapters/temp_files/sys_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <system_error>

namespace lastcall::temp {

namespace {

/// open(2) of a directory, a device or a regular file on a local disk is not interrupted;
/// on NFS or FUSE it can be, before anything has happened: then it is asked again.
int open_again(int directory, const char* name, int flags, mode_t mode = 0) noexcept {
    int fd = -1;
    do {
        fd = ::openat(directory, name, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

}  // namespace

void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

sys::unique_fd open_parent(const std::string& path) {
    sys::unique_fd fd(open_again(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY));
    if (!fd) {
        fail(errno, "open the directory " + path);
    }
    return fd;
}

sys::unique_fd open_inside(int parent, const char* name) noexcept {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    long fd = -1;
    do {
        fd = ::syscall(SYS_openat2, parent, name, &how, sizeof how);
        // EAGAIN: a rename raced with the look-up (openat2(2)); a new look decides.
    } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) {
        return sys::unique_fd(static_cast<int>(fd));
    }
    // No openat2: a kernel before 5.6, or a filter that does not know it. A single name
    // without a link cannot leave the parent but through a mount: the device tells.
    sys::unique_fd plain(open_again(parent, name, flags));
    struct stat above {};
    struct stat here {};
    if (plain && (::fstat(parent, &above) != 0 || ::fstat(plain.get(), &here) != 0 ||
                  above.st_dev != here.st_dev)) {
        plain.reset();
        errno = EXDEV;
    }
    return plain;
}

bool is_mine(int fd) noexcept {
    struct stat what {};
    return ::fstat(fd, &what) == 0 && what.st_uid == ::geteuid();
}

int make_directory(int parent, const char* name) noexcept {
    return ::mkdirat(parent, name, 0700) == 0 ? 0 : errno;
}

sys::unique_fd make_file(int directory, const char* name) noexcept {
    return sys::unique_fd(
        open_again(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
}

sys::unique_fd open_file(int directory, const char* name) noexcept {
    // O_NONBLOCK: a FIFO in its place must not hold the start up.
    sys::unique_fd fd(open_again(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK));
    struct stat what {};
    if (fd && (::fstat(fd.get(), &what) != 0 || !S_ISREG(what.st_mode))) {
        fd.reset();
        errno = EINVAL;
    }
    return fd;
}

sys::unique_fd make_unnamed(int directory) noexcept {
    return sys::unique_fd(open_again(directory, ".", O_RDWR | O_TMPFILE, 0600));
}

locked try_lock(int fd) noexcept {
    int error = 0;
    do {
        error = ::flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    } while (error == EINTR);  // it does not wait, so asking again does not either
    return error == 0             ? locked::mine
           : error == EWOULDBLOCK ? locked::held_by_other
                                  : locked::failed;
}

bool is_linked(int fd) noexcept {
    struct stat what {};
    return ::fstat(fd, &what) == 0 && what.st_nlink > 0;
}

int remove_file(int directory, const char* name) noexcept {
    return ::unlinkat(directory, name, 0) == 0 || errno == ENOENT ? 0 : errno;
}

int remove_directory(int parent, const char* name) noexcept {
    return ::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

void list(int directory, const std::function<bool(const char*)>& each) {
    // A description of its own: the position of `directory` is not touched.
    const int own = open_again(directory, ".", O_RDONLY | O_DIRECTORY);
    DIR* stream = own < 0 ? nullptr : ::fdopendir(own);
    if (stream == nullptr) {
        const int error = errno;
        if (own >= 0) {
            sys::close_fd(own);
        }
        fail(error, "list a temporary directory");
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, ::closedir);
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream);
        if (entry == nullptr) {
            if (errno != 0) {
                fail(errno, "list a temporary directory");
            }
            return;
        }
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && !each(entry->d_name)) {
            return;
        }
    }
}

void remove_inside(int directory, std::string_view keep, const std::stop_token& stop) {
    int first_error = 0;
    std::string first_name;
    list(directory, [&](const char* name) {
        if (stop.stop_requested()) {
            first_error = ECANCELED;
            first_name = name;
            return false;
        }
        if (name == keep) {
            return true;
        }
        // Asked to unlink, the kernel says itself whether it is a directory; a look
        // first could be outdated by the time of the removal.
        int error = remove_file(directory, name);
        if (error == EISDIR || error == EPERM) {
            const sys::unique_fd inside = open_inside(directory, name);
            // ENOTDIR: a file after all, and EPERM the true reason (an immutable one).
            error = inside ? 0 : errno == ENOTDIR ? error : errno;
            if (inside) {
                try {
                    remove_inside(inside.get(), {}, stop);
                    error = remove_directory(directory, name);
                } catch (const std::system_error& deeper) {
                    error = deeper.code().value();
                }
            }
        }
        if (error != 0 && first_error == 0) {
            first_error = error;
            first_name = name;
        }
        return true;
    });
    if (first_error != 0) {
        fail(first_error, "remove " + first_name);
    }
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {  // EINTR: nothing was written; go on
            fail(errno, "write a temporary file");
        }
    }
}

std::string read_all(int fd) {
    std::string content;
    std::array<char, 16'384> buffer;
    for (;;) {
        const ssize_t got =
            ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(content.size()));
        if (got == 0) {
            return content;
        }
        if (got > 0) {
            content.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (errno != EINTR) {  // EINTR: nothing was read; go on
            fail(errno, "read a temporary file");
        }
    }
}

void seek_start(int fd) {
    if (::lseek(fd, 0, SEEK_SET) < 0) {
        fail(errno, "rewind a temporary file");
    }
}

void truncate(int fd) {
    int result = 0;
    do {
        result = ::ftruncate(fd, 0);
    } while (result != 0 && errno == EINTR);  // only on network file systems; harmless twice
    if (result != 0) {
        fail(errno, "truncate a temporary file");
    }
}

}  // namespace lastcall::temp
