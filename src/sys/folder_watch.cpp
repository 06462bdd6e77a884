#include "sys/folder_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace lastcall::sys {

folder_watch::folder_watch(const std::string& folder)
    : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (!fd_ ||
        ::inotify_add_watch(fd_.get(), folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot watch " + folder);
    }
}

void folder_watch::take() noexcept {
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(fd_.get(), events.data(), events.size()) > 0) {
    }
}

}  // namespace lastcall::sys
