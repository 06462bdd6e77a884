#include "sys/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>

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

void replace_file(const std::string& path, std::string_view contents) {
    const std::string temporary = path + ".tmp." + std::to_string(::getpid());
    const auto fail = [&](const char* what) {
        const int error = errno;
        ::unlink(temporary.c_str());
        throw std::system_error(error, std::generic_category(),
                                std::string(what) + " \"" + path + "\"");
    };
    unique_fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) {
        fail("cannot create a file beside");
    }
    while (!contents.empty()) {
        const ssize_t n = ::write(fd.get(), contents.data(), contents.size());
        if (n < 0 && errno != EINTR) {
            fail("cannot write");
        }
        if (n > 0) {
            contents.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        fail("cannot replace");
    }
}

}  // namespace lastcall::sys
