#include "sys/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "sys/fd.hpp"

namespace lastcall::sys {

namespace {

/// One write that does not wait. Returns: as write(2).
ssize_t try_write(int fd, std::string_view text) noexcept {
    struct stat found {};
    if (::fstat(fd, &found) == 0 && S_ISREG(found.st_mode)) {
        return ::write(fd, text.data(), text.size());  // a disk has no reader to wait for
    }
    // Another process may fill a pipe between a poll and a write: the kernel is told not to
    // wait, where it can be. It cannot for a terminal, nor an older one for a pipe.
    const iovec part{const_cast<char*>(text.data()), text.size()};
    const ssize_t n = ::pwritev2(fd, &part, 1, -1, RWF_NOWAIT);
    if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EPERM && errno != EINVAL)) {
        return n;
    }
    pollfd p{fd, POLLOUT, 0};
    if (::poll(&p, 1, 0) <= 0 || (p.revents & POLLOUT) == 0) {
        errno = EAGAIN;
        return -1;
    }
    return ::write(fd, text.data(), text.size());
}

}  // namespace

bool write_without_waiting(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        // A pipe that is writable takes PIPE_BUF bytes without blocking: pipe(7).
        const ssize_t n =
            try_write(fd, text.substr(0, std::min<std::size_t>(text.size(), PIPE_BUF)));
        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n > 0) {
            text.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    return true;
}

int write_whole(int fd, std::string_view contents) noexcept {
    while (!contents.empty()) {
        const ssize_t n = ::write(fd, contents.data(), contents.size());
        if (n > 0) {
            contents.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

namespace {

int write_in_place(const char* path, std::string_view contents) noexcept {
    // Not to wait for the reader of a pipe, nor to take a terminal.
    const unique_fd fd(::open(path, O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    return fd ? write_whole(fd.get(), contents) : errno;
}

/// What rename(2) and open(2) say of a mount point, and of a folder that may not be written.
bool is_fixed_place(int error) noexcept {
    return error == EBUSY || error == EROFS || error == EACCES || error == EPERM || error == EXDEV;
}

}  // namespace

int try_replace_file(const char* path, std::string_view contents) noexcept {
    struct stat found {};
    const bool is_there = ::stat(path, &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) {
        return write_in_place(path, contents);
    }
    std::array<char, PATH_MAX> temporary;
    constexpr std::string_view ending = ".lastcall.tmp";
    const std::size_t length = std::strlen(path);
    if (length + ending.size() >= temporary.size()) {
        return ENAMETOOLONG;
    }
    std::memcpy(temporary.data(), path, length);
    std::memcpy(temporary.data() + length, ending.data(), ending.size());
    temporary[length + ending.size()] = '\0';

    unique_fd fd(::open(temporary.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    int error = fd ? write_whole(fd.get(), contents) : errno;
    if (error == 0 && ::rename(temporary.data(), path) != 0) {
        error = errno;
    }
    if (error != 0 && fd) {
        ::unlink(temporary.data());
    }
    return error != 0 && is_there && is_fixed_place(error) ? write_in_place(path, contents) : error;
}

}  // namespace lastcall::sys
