#include "sys/process/child_end.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

// linux/pidfd.h of 6.15; that of the build machine may be older.
struct pidfd_facts {
    std::uint64_t mask;
    std::uint64_t cgroup_id;
    std::uint32_t ids[11];
    std::int32_t exit_code;
};
static_assert(sizeof(pidfd_facts) == 64);
constexpr unsigned long ask_facts = _IOWR(0xFF, 11, pidfd_facts);
constexpr std::uint64_t wants_exit = 1U << 3U;

void set_status(child_end& end, int status) noexcept {
    end.killed = WIFSIGNALED(status);
    end.status = end.killed ? WTERMSIG(status) : WEXITSTATUS(status);
    end.core = end.killed && WCOREDUMP(status);
}

std::int64_t microseconds(const timeval& time) noexcept {
    constexpr std::int64_t second = 1'000'000;
    return time.tv_sec * second + time.tv_usec;
}

}  // namespace

std::optional<child_end> take_ended_child() noexcept {
    int status = 0;
    rusage used{};
    pid_t pid = 0;
    do {
        pid = ::wait4(-1, &status, WNOHANG, &used);
    } while (pid < 0 && errno == EINTR);
    if (pid <= 0) {
        return std::nullopt;
    }
    child_end end;
    end.pid = pid;
    set_status(end, status);
    end.user_us = microseconds(used.ru_utime);
    end.system_us = microseconds(used.ru_stime);
    end.peak_kb = used.ru_maxrss;
    return end;
}

child_end end_of_stranger(int pidfd, int pid) noexcept {
    child_end end;
    end.pid = pid;
    pidfd_facts facts{};
    facts.mask = wants_exit;
    end.is_known = ::ioctl(pidfd, ask_facts, &facts) == 0 && (facts.mask & wants_exit) != 0;
    if (end.is_known) {
        set_status(end, facts.exit_code);
    }
    return end;
}

unique_fd take_descriptor(int pidfd, int number) noexcept {
    return unique_fd(static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd, number, 0)));
}

unique_fd open_executable_of(int pid) noexcept {
    proc_path path(pid);
    path / "exe";
    return unique_fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
}

std::string boot_id() {
    proc_path path("/proc/sys/kernel/random/boot_id");
    std::array<char, 64> text{};
    const auto read = read_start(path, text).value_or(std::string_view{});
    return std::string(read.substr(0, read.find('\n')));
}

}  // namespace lastcall::sys
