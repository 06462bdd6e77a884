#include "running.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "sys/fd.hpp"

namespace keeper_bench {
namespace {

constexpr int ceiling_s = 30;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

page* make_page(const std::string& path) {
    const lastcall::sys::unique_fd file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file || ::ftruncate(file.get(), sizeof(page)) != 0) {
        fail("cannot make " + path);
    }
    void* const at =
        ::mmap(nullptr, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (at == MAP_FAILED) {
        fail("cannot map " + path);
    }
    return static_cast<page*>(at);
}

[[noreturn]] void become(char* const* argv, const start& how) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool is_ready =
        how.where == place::process ||
        (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0);
    if (is_ready) {
        stay_on(how.on.below);
        const int null = ::open("/dev/null", O_RDWR);
        for (int fd = 0; fd <= 2; ++fd) {
            ::dup2(null, fd);
        }
        ::close_range(3, ~0U, 0);
        ::execv(argv[0], argv);
    }
    ::_exit(126);
}

}  // namespace

void stay_on(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(processor), &set);
    ::sched_setaffinity(0, sizeof set, &set);
}

running::running(const init& what, const start& how)
    : page_(make_page((home_.path() / "page").string())) {
    launch(what, how);
    if (!wait_at_least(page_->ready, 1, ceiling_s)) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::munmap(page_, sizeof(page));
        throw std::runtime_error(what.name + ": the program below it did not get ready");
    }
}

void running::launch(const init& what, const start& how) {
    std::vector<std::string> words;
    if (!what.program.empty()) {
        words.push_back(what.program);
        const auto& options = how.where == place::pid_1 ? what.as_pid_1 : what.as_process;
        words.insert(words.end(), options.begin(), options.end());
    }
    words.push_back(how.child);
    words.push_back((home_.path() / "page").string());
    words.insert(words.end(), how.role.begin(), how.role.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    // As fork(2) does it; the namespaces are the only difference.
    const unsigned long flags =
        SIGCHLD | (how.where == place::pid_1 ? CLONE_NEWPID | CLONE_NEWNS : 0UL);
    pid_ = static_cast<int>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
    if (pid_ == 0) {
        become(argv.data(), how);
    }
    if (pid_ < 0) {
        fail(how.where == place::pid_1 ? "cannot make a PID namespace" : "cannot fork");
    }
}

running::~running() {
    if (!is_reaped_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::munmap(page_, sizeof(page));
}

std::int64_t running::send(int number) const {
    const std::int64_t before = now_ns();
    ::kill(pid_, number);
    return before;
}

std::int64_t running::wait_exit() {
    const lastcall::sys::unique_fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd watched{handle.get(), POLLIN, 0};
    if (::poll(&watched, 1, ceiling_s * 1000) != 1) {
        throw std::runtime_error("it did not exit");
    }
    const std::int64_t seen = now_ns();
    ::waitpid(pid_, nullptr, 0);
    is_reaped_ = true;
    return seen;
}

double running::status(const std::vector<std::string>& names) const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
    double sum = 0;
    std::size_t found = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        double value = 0;
        words >> name >> value;
        if (!name.empty() &&
            std::ranges::find(names, name.substr(0, name.size() - 1)) != names.end()) {
            sum += value;
            ++found;
        }
    }
    if (found != names.size()) {
        throw std::runtime_error("its /proc status cannot be read");
    }
    return sum;
}

std::vector<int> running::children() const {
    const std::string id = std::to_string(pid_);
    std::ifstream file("/proc/" + id + "/task/" + id + "/children");
    std::vector<int> made;
    for (int pid = 0; file >> pid;) {
        made.push_back(pid);
    }
    return made;
}

}  // namespace keeper_bench
