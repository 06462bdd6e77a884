#include "sys/process/service_start.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "sys/error_text.hpp"
#include "sys/process/pidfd.hpp"

namespace lastcall::sys {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 16> limit_names{{
    {"as", RLIMIT_AS},
    {"core", RLIMIT_CORE},
    {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},
    {"fsize", RLIMIT_FSIZE},
    {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK},
    {"msgqueue", RLIMIT_MSGQUEUE},
    {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},
    {"nproc", RLIMIT_NPROC},
    {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},
    {"rttime", RLIMIT_RTTIME},
    {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK},
}};

// Everything the child reads, laid out before the fork.
struct prepared {
    const service_start* what = nullptr;
    const signal_inbox* signals = nullptr;
    std::vector<char*> argv, environment;
    char* own_pid = nullptr;
    int report = -1;
    int null = -1;
    int program = -1;
    std::vector<int> moved;  ///< room for the copies of `keeps`
    std::array<char, 16> oom_text{};
    std::size_t oom_size = 0;
};

constexpr std::string_view own_pid_room = "0000000000";

[[noreturn]] void give_up(int report, service_step step) noexcept {
    const service_failure failure{step, errno};
    [[maybe_unused]] const ssize_t written = ::write(report, &failure, sizeof failure);
    ::_exit(127);
}

void write_own_pid(char* into) noexcept {
    auto left = static_cast<unsigned>(::getpid());
    char digits[own_pid_room.size()];
    std::size_t count = 0;
    do {
        digits[count++] = static_cast<char>('0' + left % 10);
        left /= 10;
    } while (left > 0);
    for (std::size_t i = 0; i < count; ++i) {
        into[i] = digits[count - 1 - i];
    }
    into[count] = '\0';
}

bool write_file(const char* path, const char* text, std::size_t size) noexcept {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const bool done = ::write(fd, text, size) == static_cast<ssize_t>(size);
    const int error = errno;
    ::close(fd);
    errno = error;
    return done;
}

/// Every descriptor is first moved above those that are wanted, then to its place: the
/// places may be taken by one another.
bool place_descriptors(prepared& child, int hooked) noexcept {
    const service_start& what = *child.what;
    const int first_free = 3 + static_cast<int>(what.keeps.size()) + 1;
    // Not closed by what is put into the places, and not overwritten.
    const int program = what.program >= 0 ? ::fcntl(what.program, F_DUPFD_CLOEXEC, first_free) : -1;
    if (what.program >= 0 && program < 0) {
        return false;
    }
    child.program = program;
    const auto lift = [first_free](int fd) { return ::fcntl(fd, F_DUPFD_CLOEXEC, first_free); };
    for (std::size_t i = 0; i < what.keeps.size(); ++i) {
        child.moved[i] = lift(what.keeps[i]);
        if (child.moved[i] < 0) {
            return false;
        }
    }
    const int output = what.output >= 0 ? lift(what.output) : -1;
    const int null = lift(child.null);
    const int held = hooked >= 0 ? lift(hooked) : -1;
    child.report = lift(child.report);
    if ((output < 0 && what.output >= 0) || null < 0 || child.report < 0 || ::dup2(null, 0) < 0) {
        return false;
    }
    if (output >= 0 && (::dup2(output, 1) < 0 || ::dup2(output, 2) < 0)) {
        return false;
    }
    for (std::size_t i = 0; i < what.keeps.size(); ++i) {
        if (::dup2(child.moved[i], 3 + static_cast<int>(i)) < 0) {
            return false;
        }
    }
    return held < 0 || ::dup2(held, first_free - 1) >= 0;
}

bool set_limits(const service_start& what) noexcept {
    for (const auto& one : what.limits) {
        const rlimit value{one.soft, one.hard};
        if (::setrlimit(static_cast<__rlimit_resource_t>(one.number), &value) != 0) {
            return false;
        }
    }
    return true;
}

[[noreturn]] void become(prepared& child) noexcept {
    const service_start& what = *child.what;
    ::setsid();
    if (what.control_group >= 0 && ::write(what.control_group, "0", 1) != 1) {
        give_up(child.report, service_step::control_group);
    }
    // PRIO_PROCESS 0: this process. -1 is an answer of getpriority(2), but not of this one.
    if (what.nice && ::setpriority(PRIO_PROCESS, 0, *what.nice) != 0) {
        give_up(child.report, service_step::nice);
    }
    if (what.oom_score &&
        !write_file("/proc/self/oom_score_adj", child.oom_text.data(), child.oom_size)) {
        give_up(child.report, service_step::oom_score);
    }
    int hooked = -1;
    if (what.hook.install != nullptr) {
        hooked = what.hook.install(what.hook.context);
        if (hooked < 0) {
            errno = -hooked;
            give_up(child.report, service_step::hand_over);
        }
    }
    if (!place_descriptors(child, hooked)) {
        give_up(child.report, service_step::descriptors);
    }
    if (!set_limits(what)) {
        give_up(child.report, service_step::limits);
    }
    if ((what.uid || what.gid) && ::setgroups(what.groups.size(), what.groups.data()) != 0) {
        give_up(child.report, service_step::groups);
    }
    if (what.gid && ::setresgid(*what.gid, *what.gid, *what.gid) != 0) {
        give_up(child.report, service_step::group);
    }
    if (what.uid && ::setresuid(*what.uid, *what.uid, *what.uid) != 0) {
        give_up(child.report, service_step::user);
    }
    if (!what.directory.empty() && ::chdir(what.directory.c_str()) != 0) {
        give_up(child.report, service_step::directory);
    }
    if (what.umask) {
        ::umask(*what.umask);
    }
    if (child.own_pid != nullptr) {
        write_own_pid(child.own_pid);
    }
    if (!what.takes_signals) {
        child.signals->restore_in_child();
    }
    if (child.program >= 0) {
        ::syscall(SYS_execveat, child.program, "", child.argv.data(), child.environment.data(),
                  AT_EMPTY_PATH);
    } else if (what.uses_path) {
        ::execvpe(child.argv[0], child.argv.data(), child.environment.data());
    } else {
        ::execve(child.argv[0], child.argv.data(), child.environment.data());
    }
    give_up(child.report, service_step::execute);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> made;
    made.reserve(texts.size() + 1);
    for (auto& one : texts) {
        made.push_back(one.data());
    }
    made.push_back(nullptr);
    return made;
}

}  // namespace

started_service start_service(const service_start& what, const signal_inbox& signals) {
    started_service made;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        made.error = errno;
        return made;
    }
    made.report.reset(ends[0]);
    const unique_fd writer(ends[1]);
    const unique_fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) {
        made.error = errno;
        return made;
    }
    prepared child;
    child.what = &what;
    child.signals = &signals;
    child.report = writer.get();
    child.null = null.get();
    child.moved.resize(what.keeps.size());
    auto argv = what.argv;
    auto environment = what.environment;
    for (auto& one : environment) {
        if (one.starts_with("LISTEN_PID=")) {
            one = "LISTEN_PID=" + std::string(own_pid_room);
            child.own_pid = one.data() + std::strlen("LISTEN_PID=");
        }
    }
    child.argv = pointers_to(argv);
    child.environment = pointers_to(environment);
    if (what.oom_score) {
        const std::string text = std::to_string(*what.oom_score);
        child.oom_size = text.copy(child.oom_text.data(), child.oom_text.size());
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        become(child);
    }
    if (pid < 0) {
        made.error = errno;
        return made;
    }
    made.pid = pid;
    made.handle = open_process(pid);
    return made;
}

service_failure read_start(int report) noexcept {
    service_failure failure;
    ssize_t got = 0;
    do {
        got = ::read(report, &failure, sizeof failure);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof failure) ? failure : service_failure{};
}

std::optional<int> limit_number(std::string_view name) noexcept {
    for (const auto& [known, number] : limit_names) {
        if (known == name) {
            return number;
        }
    }
    return std::nullopt;
}

pipe_ends make_log_pipe(std::size_t bytes) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe of a log");
    }
    pipe_ends made{unique_fd(ends[0]), unique_fd(ends[1])};
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(bytes));  // else it has 64 KiB
    return made;
}

ssize_t read_now(int fd, char* into, std::size_t room) noexcept {
    for (;;) {
        const ssize_t got = ::read(fd, into, room);
        if (got > 0) {
            return got;
        }
        if (got == 0) {
            return -1;
        }
        if (errno != EINTR) {
            return errno == EAGAIN ? 0 : -1;
        }
    }
}

void close_on_exec_from(int first) noexcept {
    ::close_range(static_cast<unsigned>(first), ~0U, CLOSE_RANGE_CLOEXEC);
}

std::uint64_t inode_of(int fd) noexcept {
    struct stat facts {};
    return ::fstat(fd, &facts) == 0 ? facts.st_ino : 0;
}

unique_fd copy_descriptor(int fd) noexcept { return unique_fd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

bool is_same_file(int one, int other) noexcept {
    struct stat a {};
    struct stat b {};
    return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

bool keep_on_exec(int fd) noexcept { return ::fcntl(fd, F_SETFD, 0) == 0; }

std::string explain(const service_failure& failure, const std::string& program,
                    const std::string& directory) {
    const std::string why = std::string(": ") + error_text(failure.error);
    switch (failure.step) {
        case service_step::none:
            break;
        case service_step::descriptors:
            return "cannot set up its descriptors" + why + "; raise the limit of open files";
        case service_step::control_group:
            return "cannot enter its cgroup" + why;
        case service_step::nice:
            return "cannot set nice" + why + "; below 0 needs CAP_SYS_NICE";
        case service_step::oom_score:
            return "cannot set oom_score_adj" + why + "; lower needs CAP_SYS_RESOURCE";
        case service_step::limits:
            return "cannot set its limits" + why + "; above the hard limit needs CAP_SYS_RESOURCE";
        case service_step::hand_over:
            return "cannot install the hand-over of its sockets" + why;
        case service_step::groups:
        case service_step::group:
        case service_step::user:
            return "cannot become its user" + why + "; that needs root";
        case service_step::directory:
            return "cannot change to the directory " + directory + why;
        case service_step::execute:
            return "cannot run " + program + why;
    }
    return {};
}

}  // namespace lastcall::sys
