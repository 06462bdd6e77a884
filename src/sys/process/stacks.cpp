#include "sys/process/stacks.hpp"

#include <cxxabi.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "sys/process/symbols.hpp"

namespace lastcall::sys {
namespace {

// One capture at a time; the handler of the asked thread fills it in.
struct capture {
    std::atomic<int> wanted{0};  // thread id; 0: nobody
    std::atomic<int> count{-1};
    std::array<void*, 48> frames{};
};
capture current;
int stack_signal = 0;

void write_stack_down(int) {
    const int saved = errno;
    if (current.wanted.load(std::memory_order_acquire) == ::gettid()) {
        const int n = ::backtrace(current.frames.data(), static_cast<int>(current.frames.size()));
        current.count.store(n, std::memory_order_release);
    }
    errno = saved;
}

int free_realtime_signal() {
    for (int n = SIGRTMAX - 2; n > SIGRTMIN; --n) {
        struct sigaction now {};
        if (::sigaction(n, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
            return n;
        }
    }
    return 0;
}

void pause_briefly() {
    const timespec moment{0, 50'000};
    ::nanosleep(&moment, nullptr);
}

std::size_t read_file(const char* path, std::span<char> into) {
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    const ssize_t n = ::read(fd, into.data(), into.size() - 1);
    ::close(fd);
    const std::size_t length = n > 0 ? static_cast<std::size_t>(n) : 0;
    into[length] = '\0';
    return length;
}

}  // namespace

bool prepare_stacks() {
    remember_modules();
    if (stack_signal != 0) {
        return true;
    }
    // The first backtrace loads libgcc_s, which allocates: not in the handler.
    std::array<void*, 4> warm_up{};
    ::backtrace(warm_up.data(), static_cast<int>(warm_up.size()));
    const int number = free_realtime_signal();
    if (number == 0) {
        return false;
    }
    struct sigaction handler {};
    handler.sa_handler = write_stack_down;
    handler.sa_flags = SA_RESTART;
    ::sigfillset(&handler.sa_mask);
    if (::sigaction(number, &handler, nullptr) != 0) {
        return false;
    }
    stack_signal = number;
    return true;
}

std::size_t capture_stack(int id, std::span<void*> frames,
                          std::chrono::milliseconds patience) noexcept {
    using std::chrono::steady_clock;
    if (stack_signal == 0) {
        return 0;
    }
    current.count.store(-1, std::memory_order_relaxed);
    current.wanted.store(id, std::memory_order_release);
    if (::syscall(SYS_tgkill, ::getpid(), id, stack_signal) != 0) {
        current.wanted.store(0);
        return 0;
    }
    const auto end = steady_clock::now() + patience;
    while (current.count.load(std::memory_order_acquire) < 0 && steady_clock::now() < end) {
        pause_briefly();
    }
    current.wanted.store(0);
    const int count = current.count.load(std::memory_order_acquire);
    // The two innermost frames are the handler and the kernel's return to it.
    std::size_t kept = 0;
    for (int i = 2; i < count && kept < frames.size(); ++i) {
        frames[kept++] = current.frames[static_cast<std::size_t>(i)];
    }
    return kept;
}

void describe_thread(int id, std::span<char> text) noexcept {
    std::array<char, 64> path{};
    std::array<char, 512> stat{};
    std::array<char, 64> wchan{};
    ::snprintf(path.data(), path.size(), "/proc/self/task/%d/stat", id);
    const std::size_t n = read_file(path.data(), stat);
    ::snprintf(path.data(), path.size(), "/proc/self/task/%d/wchan", id);
    const std::size_t w = read_file(path.data(), wchan);
    const char* after_name = n > 0 ? ::strrchr(stat.data(), ')') : nullptr;
    if (after_name == nullptr) {
        ::snprintf(text.data(), text.size(), "has ended");
        return;
    }
    const bool sleeps = w > 0 && ::strcmp(wchan.data(), "0") != 0;
    ::snprintf(text.data(), text.size(), "state %c%s%s", after_name[2], sleeps ? ", in " : "",
               sleeps ? wchan.data() : "");
}

void describe_address(void* address, std::span<char> text) noexcept {
    const symbol found = find_symbol(address);
    if (found.name[0] == '\0') {
        ::snprintf(text.data(), text.size(), "%s+0x%zx", found.module, found.offset);
        return;
    }
    int status = 0;
    char* readable = abi::__cxa_demangle(found.name.data(), nullptr, nullptr, &status);
    ::snprintf(text.data(), text.size(), "%s+0x%zx (%s)",
               readable != nullptr ? readable : found.name.data(), found.offset, found.module);
    std::free(readable);
}

}  // namespace lastcall::sys
