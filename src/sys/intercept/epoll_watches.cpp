#include "sys/intercept/epoll_watches.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

/// "tfd:        5 events:       19 data:                5  pos:0 ino:..": proc(5), fdinfo.
bool read_watch(std::string_view line, int fd, epoll_watch& into) {
    if (take_word(line) != "tfd:" || parse_id(take_word(line)) != fd ||
        take_word(line) != "events:") {
        return false;
    }
    const auto events = parse_number(take_word(line), 16);
    if (take_word(line) != "data:") {
        return false;
    }
    const auto data = parse_number(take_word(line), 16);
    into.events = static_cast<std::uint32_t>(events.value_or(0));
    into.data = data.value_or(0);
    return events && data;
}

bool is_epoll(int process, int fd) {
    std::array<char, 64> buffer;
    return read_link(proc_path(process) / "fd" / fd, buffer) == "anon_inode:[eventpoll]";
}

/// In the child of a fork: only what signal-safety(7) lists. Returns: 0 or errno.
int add_renumbered(int set, const epoll_watch& watch, int own, int theirs) noexcept {
    if (set == theirs) {
        set = ::fcntl(set, F_DUPFD, theirs + 1);
    }
    if (set < 0 || (own != theirs && ::dup2(own, theirs) < 0)) {
        return errno;
    }
    epoll_event event{};
    event.events = watch.events;
    event.data.u64 = watch.data;
    return ::epoll_ctl(set, EPOLL_CTL_ADD, theirs, &event) == 0 ? 0 : errno;
}

}  // namespace

std::vector<epoll_watch> watches_of(const calling_thread& thread, int fd) {
    std::vector<epoll_watch> found;
    proc_path path(thread.process());
    folder_reader descriptors(path / "fd");
    while (const auto number = descriptors.next_number()) {
        if (!is_epoll(thread.process(), *number)) {
            continue;
        }
        line_reader lines(proc_path(thread.process()) / "fdinfo" / *number);
        while (const auto line = lines.next()) {
            epoll_watch watch;
            if (read_watch(*line, fd, watch)) {
                watch.set = *number;
                watch.copy = thread.take(*number);
                found.push_back(std::move(watch));
            }
        }
    }
    return found;
}

int watch_as(const epoll_watch& watch, int own, int theirs) noexcept {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(add_renumbered(watch.copy.get(), watch, own, theirs));
    }
    if (child < 0) {
        return errno;
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

}  // namespace lastcall::sys
