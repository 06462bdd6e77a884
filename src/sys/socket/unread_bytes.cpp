#include "sys/socket/unread_bytes.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "sys/process/child_end.hpp"
#include "sys/process/pidfd.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t shown_at_most = 4096;

/// socket(7): each MSG_PEEK would move on to what was not looked at yet.
bool has_peek_offset(int fd) noexcept {
    int offset = -1;
    socklen_t size = sizeof offset;
    return ::getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, &size) == 0 && offset >= 0;
}

}  // namespace

std::optional<unread_bytes> peek_at(int pid, int number, std::uint64_t inode) {
    const auto copy = take_descriptor(open_process(pid).get(), number);
    if (!copy) {
        return std::nullopt;
    }
    errno = 0;
    struct stat facts {};
    int count = 0;
    // Its owner may have put something else there meanwhile.
    if (::fstat(copy.get(), &facts) != 0 || facts.st_ino != inode || has_peek_offset(copy.get()) ||
        ::ioctl(copy.get(), FIONREAD, &count) != 0) {
        return std::nullopt;
    }
    unread_bytes made;
    made.start.resize(std::min(static_cast<std::size_t>(std::max(count, 0)), shown_at_most));
    const ssize_t size = made.start.empty() ? 0
                                            : ::recv(copy.get(), made.start.data(),
                                                     made.start.size(), MSG_PEEK | MSG_DONTWAIT);
    made.start.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    // It may have been read in between.
    made.count =
        made.start.size() < shown_at_most ? made.start.size() : static_cast<std::size_t>(count);
    return made;
}

}  // namespace lastcall::sys
