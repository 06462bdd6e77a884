#include "sys/process/started_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "sys/event_fd.hpp"
#include "sys/process/child_start.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process_set.hpp"
#include "sys/process/start_text.hpp"
#include "sys/process/start_words.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::sys {
namespace {

[[noreturn]] void fail(int error, const char* what) {
    throw std::system_error(error, std::generic_category(), what);
}

void make_pipe(unique_fd& read_end, unique_fd& write_end) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) {
        fail(errno, "pipe2");
    }
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
}

/// The digits of LISTEN_PID.
char* own_pid_in(std::vector<std::string>& environment) {
    constexpr std::string_view name = "LISTEN_PID=";
    const auto found = std::ranges::find_if(
        environment, [&](const std::string& entry) { return entry.starts_with(name); });
    return found->data() + name.size();
}

}  // namespace

started_process::started_process(const start_request& request)
    : entry_("LASTCALL_DRILL=" + random_digits()) {
    if (request.in_control_group) {
        if (auto made = control_group::make(no_group_)) {
            group_.emplace(std::move(*made));
            no_group_.clear();
        }
    }
    start(request);
    guard_ = guard(pid_, entry_, group_ ? group_->folder() : std::string());
    namespace_ = request.in_pid_namespace ? pid_namespace_of(pid_) : 0;
    wake_.reset(make_event());
    follower_ = std::thread([this] { follow(); });
}

void started_process::release() noexcept {
    const char go = 1;
    [[maybe_unused]] const auto written = ::write(gate_.get(), &go, 1);
}

void started_process::start(const start_request& request) {
    const auto file = find_program(request.file.empty() ? request.argv.at(0) : request.file);
    unique_fd write_end;
    unique_fd report;
    unique_fd report_write;
    unique_fd gate_read;
    unique_fd entry_file;
    unique_fd joined;
    make_pipe(output_, write_end);
    make_pipe(report, report_write);
    if (request.is_held) {
        make_pipe(gate_read, gate_);
    }
    if (group_) {
        entry_file = group_->open_for_entry();
    }
    if (request.join_namespaces_of > 0) {
        joined = open_process(request.join_namespaces_of);
        if (!joined) {
            throw start_error("cannot run " + file + " beside pid " +
                              std::to_string(request.join_namespaces_of) + ": it has ended");
        }
    }
    const unique_fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const auto argv = pointers(request.argv);
    auto added = request.environment;
    if (request.listener >= 0) {
        added.insert(added.end(), {"LISTEN_FDS=1", "LISTEN_PID=0000000000"});
    }
    auto environment = environment_of(entry_, added);
    const auto envp = pointers(environment);
    const bool as_user = request.in_pid_namespace && ::geteuid() != 0;
    const auto map = [](unsigned id) {
        return std::to_string(id) + ' ' + std::to_string(id) + " 1\n";
    };
    const auto user_map = map(::geteuid());
    const auto group_map = map(::getegid());
    pid_ = start_child({.program = file.c_str(),
                        .argv = argv.data(),
                        .environment = envp.data(),
                        .output = write_end.get(),
                        .input = null.get(),
                        .report = report_write.get(),
                        .gate = gate_read.get(),
                        .control_group = entry_file.get(),
                        .listener = request.listener,
                        .own_pid = request.listener < 0 ? nullptr : own_pid_in(environment),
                        .join = joined.get(),
                        .in_namespaces = request.in_pid_namespace,
                        .with_user_namespace = as_user,
                        .user_map = user_map.c_str(),
                        .group_map = group_map.c_str()});
    if (pid_ < 0) {
        throw start_error(why_not_started({start_step::fork, errno}, file, request));
    }
    report_write.reset();
    write_end.reset();
    gate_read.reset();
    start_failure failure;
    ssize_t got = 0;
    if (!request.is_held) {
        do {
            got = ::read(report.get(), &failure, sizeof failure);
        } while (got < 0 && errno == EINTR);
    }
    pidfd_ = open_process(pid_);
    if (got == sizeof failure || !pidfd_) {
        const int error = errno;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        if (got == sizeof failure) {
            throw start_error(why_not_started(failure, file, request));
        }
        fail(error, "pidfd_open");
    }
    ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
}

started_process::~started_process() {
    gate_.reset();
    kill_everybody();
    signal_event(wake_.get());
    follower_.join();
    kill_everybody();  // who was started while the first were killed
}

void started_process::kill_everybody() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (!end_) {
            ::kill(-pid_, SIGKILL);
            signal_process(pidfd_.get(), pid_, SIGKILL);
        }
    }
    if (group_) {
        group_->kill();
    }
    kill_marked(entry_);
}

int started_process::signal(int number) const noexcept {
    const std::lock_guard lock(mutex_);  // until it is reaped its id is nobody else's
    return end_ ? ESRCH : signal_process(pidfd_.get(), pid_, number);
}

int started_process::signal_all(int number) const {
    if (!group_ && namespace_ == 0) {
        const std::lock_guard lock(mutex_);
        if (!end_) {
            return ::kill(-pid_, number) == 0 ? 0 : errno;
        }
    }
    return signal_each(processes(), number);
}

std::vector<int> started_process::processes() const {
    const bool is_there = !end();
    std::vector<int> found;
    if (is_there) {
        found.push_back(pid_);
    }
    const auto add = [&found](const std::vector<int>& more) {
        for (const int pid : more) {
            if (std::find(found.begin(), found.end(), pid) == found.end()) {
                found.push_back(pid);
            }
        }
    };
    if (namespace_ != 0) {
        add(is_there ? processes_of_namespace(namespace_) : std::vector<int>{});
    } else if (group_) {
        add(group_->processes());
    } else {
        add(processes_of_group(pid_, entry_));
        add(is_there ? descendants_of(pid_) : std::vector<int>{});
    }
    return found;
}

std::vector<int> started_process::everybody() const {
    auto found = processes();
    for (const int pid : marked_processes(entry_)) {
        if (std::find(found.begin(), found.end(), pid) == found.end()) {
            found.push_back(pid);
        }
    }
    return found;
}

std::optional<process_end> started_process::end() const {
    const std::lock_guard lock(mutex_);
    return end_;
}

bool started_process::wait(std::chrono::steady_clock::time_point until,
                           const std::function<void(std::string_view)>& line) {
    for (;;) {
        const auto got = lines_.take(until);
        if (line) {
            for (const auto& text : got.lines) {
                line(text);
            }
            if (got.dropped > 0) {
                line("(" + std::to_string(got.dropped) + " more lines were not kept)");
            }
        }
        if (got.is_finished) {
            return true;
        }
        if (std::chrono::steady_clock::now() >= until) {
            return end().has_value();
        }
    }
}

/// The only reader, so that a program which prints a lot never waits for us.
void started_process::follow() {
    bool has_ended = false;
    for (;;) {
        std::array<pollfd, 3> waiting{
            pollfd{has_ended ? -1 : pidfd_.get(), POLLIN, 0},
            pollfd{output_ ? output_.get() : -1, POLLIN, 0},
            pollfd{wake_.get(), POLLIN, 0},
        };
        if (::poll(waiting.data(), waiting.size(), -1) < 0) {
            continue;  // EINTR
        }
        const auto now = std::chrono::steady_clock::now();
        if ((waiting[0].revents & POLLIN) != 0) {
            reap(now);
            has_ended = true;
        }
        // After its end, what is in the pipe was printed before, or by whom it left behind.
        if (output_ && (has_ended || waiting[1].revents != 0) && !lines_.read(output_.get())) {
            output_.reset();
        }
        if (has_ended) {
            lines_.finish();
        }
        if (waiting[2].revents != 0) {
            if (!has_ended) {
                reap(std::chrono::steady_clock::now());  // it was killed: this is soon
            }
            return;
        }
        if (has_ended && !output_) {
            return;
        }
    }
}

void started_process::reap(std::chrono::steady_clock::time_point when) {
    const std::lock_guard lock(mutex_);
    int status = 0;
    rusage used{};
    while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
    }
    const auto duration = [](const timeval& value) {
        return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
    };
    end_ = process_end{.when = when,
                       .code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                       .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                       .dumped_core = WIFSIGNALED(status) && WCOREDUMP(status),
                       .processor_time = duration(used.ru_utime) + duration(used.ru_stime),
                       .peak_bytes = static_cast<std::int64_t>(used.ru_maxrss) * 1024};
}

}  // namespace lastcall::sys
