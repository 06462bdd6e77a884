// What holds a process, whatever it does about signals.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "modes.hpp"
#include "parts.hpp"

namespace subject {
namespace {

void run_zombie(const char*) {
    catch_term();
    const int child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    siginfo_t how{};
    expect(::waitid(P_PID, static_cast<id_t>(child), &how, WEXITED | WNOWAIT) == 0);
    say_ready();
    sleep_for_ever();
}

/// Its child, as a debugger has it.
void run_debugger(const char*) {
    const int child = ::fork();
    if (child == 0) {
        end_by_term();
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        sleep_for_ever();
    }
    expect(::waitpid(child, nullptr, 0) == child);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_EXITKILL);
    say_ready();
    sleep_for_ever();
}

void run_vfork(const char*) {
    catch_term();
    say_ready();
    // The parent sleeps for as long as its child has not started a program.
    if (::vfork() == 0) {
        sleep_for_ever();
    }
}

/// It tries to start others, and may not.
void run_forking(const char*) {
    end_by_term();
    say_ready();
    for (;;) {
        const int child = ::fork();
        if (child == 0) {
            ::_exit(0);
        }
        if (child > 0) {
            ::waitpid(child, nullptr, 0);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

int opened(const char* path) {
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    expect(fd >= 0);
    return fd;
}

void run_reader(const char* path) {
    catch_term();
    const int fd = opened(path);
    say_ready();
    char c = 0;
    while (::read(fd, &c, 1) > 0) {
    }
}

/// A reader beside the main thread.
void run_reading_thread(const char* path) {
    catch_term();
    const int fd = opened(path);
    std::thread([fd] {
        char c = 0;
        while (::read(fd, &c, 1) > 0) {
        }
    }).detach();
    say_ready();
    sleep_for_ever();
}

/// What it has open is flushed by the kernel, inside of exit(2).
void run_exit(const char* path) {
    opened(path);
    say_ready();
    ::_exit(0);
}

void run_crash(const char* folder) {
    rlimit all{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &all);
    expect(::chdir(folder) == 0);
    say_ready();
    ::abort();
}

void run_hog(const char*) {
    say_ready();
    for (std::atomic<unsigned> i = 0;; ++i) {
    }
}

/// Reads more than its cgroup may keep, again and again.
void run_big_reader(const char* path) {
    end_by_term();
    say_ready();
    std::string text(1U << 16U, '\0');
    const int fd = opened(path);
    for (;;) {
        ::lseek(fd, 0, SEEK_SET);
        while (::read(fd, text.data(), text.size()) > 0) {
        }
    }
}

}  // namespace

std::span<const mode> state_modes() {
    static constexpr std::array all{
        mode{"zombie", run_zombie},
        mode{"debugger", run_debugger},
        mode{"vfork", run_vfork},
        mode{"forking", run_forking},
        mode{"reader", run_reader, true},
        mode{"reading-thread", run_reading_thread, true},
        mode{"exit", run_exit, true},
        mode{"crash", run_crash, true},
        mode{"hog", run_hog},
        mode{"big-reader", run_big_reader, true},
    };
    return all;
}

}  // namespace subject
