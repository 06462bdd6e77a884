#include "sys/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "sys/fd.hpp"

namespace lastcall::sys {

bool write_without_waiting(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        pollfd p{fd, POLLOUT, 0};
        if (::poll(&p, 1, 0) <= 0 || (p.revents & POLLOUT) == 0) {
            return false;
        }
        // A pipe that is writable takes PIPE_BUF bytes without blocking: pipe(7).
        const ssize_t n = ::write(fd, text.data(), text.size() < PIPE_BUF ? text.size() : PIPE_BUF);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n > 0) {
            text.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    return true;
}

int try_replace_file(const char* path, std::string_view contents) noexcept {
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
    if (!fd) {
        return errno;
    }
    int error = 0;
    while (!contents.empty() && error == 0) {
        const ssize_t n = ::write(fd.get(), contents.data(), contents.size());
        if (n > 0) {
            contents.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    if (error == 0 && ::rename(temporary.data(), path) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(temporary.data());
    }
    return error;
}

}  // namespace lastcall::sys
