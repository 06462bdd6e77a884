#include "sys/signal/signals.hpp"

#include <dirent.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "sys/process/thread.hpp"

namespace lastcall::sys {
namespace {

sigset_t mask_before_claim;
std::atomic<bool> claimed{false};

// A child that does not exec must be stoppable as any process is.
void give_back_mask_in_child() {
    if (claimed.load()) {
        ::pthread_sigmask(SIG_SETMASK, &mask_before_claim, nullptr);
    }
}

void check(int result, const char* what) {
    if (result != 0) {
        throw std::system_error(result, std::generic_category(), what);
    }
}

// The caller's entry in /proc/self/task. Not gettid(2): /proc may belong to an outer PID
// namespace, which numbers threads differently.
std::string own_task_name() {
    char link[64];
    const ssize_t n = ::readlink("/proc/thread-self", link, sizeof link);
    const std::string path(link, n > 0 ? static_cast<std::size_t>(n) : 0);
    return path.substr(path.rfind('/') + 1);
}

std::string name_of_thread(const std::string& task) {
    std::ifstream comm(task + "/comm");
    std::string name;
    std::getline(comm, name);
    return name;
}

unsigned long long blocked_mask(const std::string& task) {
    std::ifstream status(task + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("SigBlk:", 0) == 0) {
            return std::stoull(line.substr(7), nullptr, 16);
        }
    }
    return ~0ULL;  // ended meanwhile: takes no signal
}

}  // namespace

all_signals_blocked::all_signals_blocked() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

all_signals_blocked::~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

signal_mask::signal_mask() noexcept { ::pthread_sigmask(SIG_BLOCK, nullptr, &set_); }

void signal_mask::apply() const noexcept { ::pthread_sigmask(SIG_SETMASK, &set_, nullptr); }

std::vector<std::string> threads_open_to(const std::vector<int>& numbers) {
    unsigned long long wanted = 0;
    for (const int n : numbers) {
        wanted |= 1ULL << (n - 1);
    }
    std::vector<std::string> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), ::closedir);
    if (tasks == nullptr) {
        return found;
    }
    const std::string self = own_task_name();
    while (const dirent* entry = ::readdir(tasks.get())) {
        const std::string id = entry->d_name;
        if (id[0] == '.' || id == self) {
            continue;
        }
        const std::string task = "/proc/self/task/" + id;
        if ((blocked_mask(task) & wanted) != wanted) {
            found.push_back(name_of_thread(task) + " (" + id + ")");
        }
    }
    return found;
}

signal_source::signal_source(const std::vector<int>& numbers) {
    if (claimed.exchange(true)) {
        throw std::logic_error("the stop signals are claimed already: a process has one lifecycle");
    }
    static const bool child_handler = [] {
        call_in_forked_child(give_back_mask_in_child);
        return true;
    }();
    static_cast<void>(child_handler);
    try {
        sigset_t set;
        ::sigemptyset(&set);
        for (const int n : numbers) {
            ::sigaddset(&set, n);
        }
        check(::pthread_sigmask(SIG_BLOCK, &set, &mask_before_claim), "pthread_sigmask");
        fd_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
        check(fd_ ? 0 : errno, "signalfd");
    } catch (...) {
        ::pthread_sigmask(SIG_SETMASK, &mask_before_claim, nullptr);
        claimed.store(false);
        throw;
    }
}

signal_source::~signal_source() {
    fd_.reset();
    if (!keep_blocked_) {
        ::pthread_sigmask(SIG_SETMASK, &mask_before_claim, nullptr);
    }
    claimed.store(false);
}

bool signal_source::take(arrived_signal& into) const noexcept {
    signalfd_siginfo info{};
    // A non-blocking signalfd is not interrupted; EAGAIN: nothing waits.
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) {
        return false;
    }
    into.number = static_cast<int>(info.ssi_signo);
    into.sender_pid = info.ssi_code == SI_KERNEL ? 0 : static_cast<int>(info.ssi_pid);
    into.sender_uid = info.ssi_uid;
    into.value = info.ssi_code == SI_QUEUE ? std::optional(info.ssi_ptr) : std::nullopt;
    return true;
}

const sigset_t& signal_source::mask_before() const noexcept { return mask_before_claim; }

bool ignore_broken_pipes() noexcept {
    struct sigaction now {};
    if (::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) {
        return false;
    }
    now.sa_handler = SIG_IGN;
    return ::sigaction(SIGPIPE, &now, nullptr) == 0;
}

void die_by_signal(int number) noexcept {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(number, &standard, nullptr);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, number);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    ::raise(number);
}

}  // namespace lastcall::sys
