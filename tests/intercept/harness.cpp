#include "intercept/harness.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include "sys/process/proc_reader.hpp"

namespace lastcall::testing {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

intercepted::intercepted(const std::vector<std::string>& argv, start_options options) {
    start(argv, {}, options);
}

intercepted::intercepted(const body& run, start_options options) { start({}, run, options); }

void intercepted::start(const std::vector<std::string>& argv, const body& run,
                        start_options& options) {
    char name[] = "/tmp/lastcall-output.XXXXXX";
    const sys::unique_fd log(::mkstemp(name));
    output_ = name;
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        fail("socketpair");
    }
    const sys::unique_fd ours(pair[0]);
    sys::unique_fd theirs(pair[1]);
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (const std::string& each : argv) {
        words.push_back(const_cast<char*>(each.c_str()));
    }
    words.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(log.get(), STDOUT_FILENO);
        ::dup2(log.get(), STDERR_FILENO);
        for (const std::string& each : options.environment) {
            ::putenv(const_cast<char*>(each.c_str()));
        }
        if (options.before_filter) {
            options.before_filter();
        }
        if (!sys::send_bind_filter(theirs.get(), {options.guards_paths}).is_there()) {
            ::_exit(101);
        }
        if (run) {
            ::_exit(run());
        }
        ::execv(words[0], words.data());
        ::_exit(102);
    }
    ::setpgid(pid_, pid_);
    theirs.reset();
    sys::received_filter got = sys::receive_bind_filter(ours.get());
    filter_ = got.result;
    if (!filter_.is_there()) {
        return;
    }
    interceptor_ = std::make_unique<bind_interceptor>(std::move(got.listener), options.offers);
    interceptor_->open_ports(options.ports, options.open);
    stop_.reset(::eventfd(0, EFD_CLOEXEC));
    answers_ = std::thread([this] { answer(); });
}

void intercepted::answer() {
    for (;;) {
        pollfd look[2] = {{interceptor_->fd(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
        ::poll(look, 2, -1);
        if (look[1].revents != 0) {
            return;
        }
        const auto news = interceptor_->on_readable();
        const std::lock_guard lock(mutex_);
        for (const intercept_event& each : news) {
            events_.emplace_back(each, false);
        }
        news_.notify_all();
    }
}

intercepted::~intercepted() {
    if (pid_ > 0) {
        // lastcall-init gives its program a group of its own.
        const std::vector<int> all = status_ ? std::vector<int>() : processes();
        ::kill(-pid_, SIGKILL);
        for (const int each : all) {
            ::kill(each, SIGKILL);
        }
        while (!status_ && ::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    if (answers_.joinable()) {
        const std::uint64_t one = 1;
        (void)!::write(stop_.get(), &one, sizeof one);
        answers_.join();
    }
    std::filesystem::remove(output_);
}

std::optional<intercept_event> intercepted::next(what kind) {
    std::unique_lock lock(mutex_);
    std::optional<intercept_event> found;
    news_.wait_for(lock, ceiling, [&] {
        for (auto& [event, is_taken] : events_) {
            if (!is_taken && event.kind == kind) {
                is_taken = true;
                found = event;
                return true;
            }
        }
        return false;
    });
    return found;
}

std::vector<intercept_event> intercepted::all(what kind) {
    const std::lock_guard lock(mutex_);
    std::vector<intercept_event> found;
    for (const auto& [event, is_taken] : events_) {
        if (event.kind == kind) {
            found.push_back(event);
        }
    }
    return found;
}

std::optional<int> intercepted::wait() {
    int status = 0;
    if (!status_ && eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) {
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    return status_;
}

void intercepted::signal(int number) const { ::kill(pid_, number); }

std::string intercepted::output() const {
    std::ifstream file(output_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<int> intercepted::processes() const {
    const auto parent_of = [](int process) {
        std::array<char, 2048> buffer;
        const auto status = sys::read_start(sys::proc_path(process) / "status", buffer);
        return status ? sys::parse_id(sys::field_of(*status, "PPid:")).value_or(0) : 0;
    };
    std::vector<int> found;
    sys::proc_path all("/proc");
    sys::folder_reader reader(all);
    while (const auto process = reader.next_number()) {
        int ancestor = *process;
        while (ancestor > 1 && ancestor != pid_) {
            ancestor = parent_of(ancestor);
        }
        if (ancestor == pid_) {
            found.push_back(*process);
        }
    }
    return found;
}

bool intercepted::holds(std::uint64_t inode) const {
    const std::string wanted = "socket:[" + std::to_string(inode) + "]";
    for (const int process : processes()) {
        sys::folder_reader descriptors(sys::proc_path(process) / "fd");
        while (const auto fd = descriptors.next_number()) {
            std::array<char, 64> buffer;
            if (sys::read_link(sys::proc_path(process) / "fd" / *fd, buffer) == wanted) {
                return true;
            }
        }
    }
    return false;
}

private_folder::private_folder() {
    char name[] = "/tmp/lastcall-intercept.XXXXXX";
    if (::mkdtemp(name) == nullptr) {
        fail("mkdtemp");
    }
    path_ = name;
    ::chmod(name, 0755);
}

private_folder::~private_folder() { std::filesystem::remove_all(path_); }

std::string private_folder::write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
}

std::string find_program(const std::string& name) {
    // Debian's own first: what stands before them in PATH is often a script that starts them.
    for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
        if (::access((folder + name).c_str(), X_OK) == 0) {
            return folder + name;
        }
    }
    return "";
}

}  // namespace lastcall::testing
