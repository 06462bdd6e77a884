#include "sys/process/guard.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sys/process/pidfd.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process_set.hpp"

namespace lastcall::sys {
namespace {

constexpr int walks_at_most = 50;

struct watched {
    int parent = -1;  // a pidfd
    int subject = -1;
    int kill_file = -1;  // cgroup.kill
    int pid = 0;
    std::string_view entry;
    const char* folder = nullptr;
};

[[noreturn]] void watch(const watched& what) noexcept {
    pollfd waiting{what.parent, POLLIN, 0};
    while (::poll(&waiting, 1, -1) < 0 && errno == EINTR) {
    }
    pollfd subject{what.subject, POLLIN, 0};
    if (::poll(&subject, 1, 0) == 0) {  // it is there, so its id is nobody else's
        ::kill(-what.pid, SIGKILL);
        signal_process(what.subject, what.pid, SIGKILL);
    }
    if (what.kill_file >= 0) {
        [[maybe_unused]] const auto written = ::write(what.kill_file, "1", 1);
    }
    kill_marked(what.entry);
    for (int tries = 0; what.folder != nullptr && tries < walks_at_most; ++tries) {
        if (::rmdir(what.folder) == 0 || errno != EBUSY) {
            break;
        }
        ::usleep(10'000);  // what was killed is still ending
    }
    ::_exit(0);
}

/// Everything but three descriptors goes: nobody may wait for the end of a pipe because a
/// guard still holds it.
void keep_only(watched& what) noexcept {
    const auto move = [](int& fd, int to) {
        if (fd >= 0) {
            fd = ::fcntl(fd, F_DUPFD_CLOEXEC, to);
        }
    };
    constexpr int high = 64;
    move(what.parent, high);
    move(what.subject, high);
    move(what.kill_file, high);
    ::close_range(0, high - 1, 0);
    const int last = std::max({what.parent, what.subject, what.kill_file});
    for (int fd = high; fd <= last; ++fd) {
        if (fd != what.parent && fd != what.subject && fd != what.kill_file) {
            ::close(fd);
        }
    }
    ::close_range(static_cast<unsigned>(last) + 1, ~0U, 0);
}

}  // namespace

int kill_marked(std::string_view entry) noexcept {
    const int self = ::getpid();
    int killed = 0;
    for (int walk = 0; walk < walks_at_most; ++walk) {
        int found = 0;
        proc_path proc("/proc");
        folder_reader folder(proc);
        while (const auto pid = folder.next_number()) {
            if (*pid == self || *pid == 1 || !carries_entry(*pid, entry)) {
                continue;
            }
            // The handle first, then the look at it again: the id may be another's by now.
            const unique_fd handle = open_process(*pid);
            if (handle && carries_entry(*pid, entry) &&
                signal_process(handle.get(), *pid, SIGKILL) == 0) {
                ++found;
            }
        }
        killed += found;
        if (found == 0) {
            break;
        }
        ::usleep(2'000);  // who is killed keeps its environment until it is gone
    }
    return killed;
}

guard::guard(int pid, const std::string& entry, const std::string& control_group) noexcept {
    const std::string kill_path = control_group + "/cgroup.kill";
    const unique_fd parent = open_process(::getpid());
    const unique_fd subject = open_process(pid);
    const unique_fd kill_file(
        control_group.empty() ? -1 : ::open(kill_path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!parent) {
        return;
    }
    watched what{parent.get(),    subject.get(),
                 kill_file.get(), pid,
                 entry,           control_group.empty() ? nullptr : control_group.c_str()};
    const pid_t made = ::fork();
    if (made == 0) {
        ::setsid();  // Ctrl-C is not for it
        ::prctl(PR_SET_NAME, "lastcall-guard");
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        keep_only(what);
        watch(what);
    }
    pid_ = made > 0 ? made : 0;
}

guard& guard::operator=(guard&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
}

guard::~guard() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

}  // namespace lastcall::sys
