#include "sys/process/watched_process.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include "sys/event_fd.hpp"
#include "sys/process/pidfd.hpp"

namespace lastcall::sys {
namespace {

/// struct pidfd_info of linux/pidfd.h in its first published size; the headers that this is
/// built with may be older than the kernel that it runs on.
struct pidfd_info {
    std::uint64_t mask = 0;
    std::uint64_t cgroup = 0;
    std::uint32_t ids[11]{};  // pid, tgid, ppid, and those of users and groups
    std::int32_t exit_code = 0;
};
static_assert(sizeof(pidfd_info) == 64);

constexpr std::uint64_t with_exit = 1U << 3U;
constexpr unsigned long get_info = _IOWR(0xFF, 11, pidfd_info);

}  // namespace

watched_process::watched_process(int pid) : pid_(pid), handle_(open_process(pid)) {
    if (!handle_) {
        throw std::system_error(errno, std::generic_category(), "pid " + std::to_string(pid));
    }
}

int watched_process::signal(int number) const noexcept {
    return end_ ? ESRCH : signal_process(handle_.get(), pid_, number);
}

bool watched_process::wait(std::chrono::steady_clock::time_point until) {
    if (!end_ && wait_readable(handle_.get(), until)) {
        end_ = watched_end{.when = std::chrono::steady_clock::now()};
    }
    if (end_ && !end_->is_known) {
        ask_how();
    }
    return end_.has_value();
}

/// The kernel tells once the parent has taken the exit status, which may be a moment later.
void watched_process::ask_how() {
    pidfd_info info;
    info.mask = with_exit;
    if (::ioctl(handle_.get(), get_info, &info) != 0 || (info.mask & with_exit) == 0) {
        return;
    }
    const int status = info.exit_code;
    end_->is_known = true;
    end_->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    end_->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end_->dumped_core = WIFSIGNALED(status) && WCOREDUMP(status);
}

}  // namespace lastcall::sys
