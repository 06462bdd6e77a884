#include "sys/process/way_back.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace lastcall::sys {
namespace {

struct way_back {
    int program = -1;
    std::vector<std::string> words, entries;
    std::vector<char*> argv, environment;
};
// What the signal handler reads; filled before there is one.
way_back back;
volatile sig_atomic_t is_open = 0;

constexpr std::array faults{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGALRM};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> made;
    made.reserve(texts.size() + 1);
    for (auto& one : texts) {
        made.push_back(one.data());
    }
    made.push_back(nullptr);
    return made;
}

void execute(int program, char* const* argv, char* const* environment) noexcept {
    ::syscall(SYS_execveat, program, "", argv, environment, AT_EMPTY_PATH);
}

void on_fault(int number) {
    go_back();
    // There is no way back either: it ends as it would have without us.
    ::signal(number, SIG_DFL);
    ::raise(number);
}

}  // namespace

int become(int program, const std::vector<std::string>& argv,
           const std::vector<std::string>& environment) {
    auto words = argv;
    auto entries = environment;
    execute(program, pointers_to(words).data(), pointers_to(entries).data());
    return errno;
}

unique_fd open_own_program() noexcept {
    return unique_fd(::open("/proc/self/exe", O_PATH | O_CLOEXEC));
}

void begin_probation(int program, const std::vector<std::string>& argv,
                     const std::vector<std::string>& environment, std::chrono::seconds limit) {
    back.program = program;
    back.words = argv;
    back.entries = environment;
    back.argv = pointers_to(back.words);
    back.environment = pointers_to(back.entries);
    is_open = 1;
    struct sigaction action {};
    action.sa_handler = on_fault;
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int number : faults) {
        ::sigaction(number, &action, nullptr);
        ::sigaddset(&wanted, number);
    }
    ::sigprocmask(SIG_UNBLOCK, &wanted, nullptr);
    const itimerval end{{}, {limit.count(), 0}};
    ::setitimer(ITIMER_REAL, &end, nullptr);
}

bool is_on_probation() noexcept { return is_open != 0; }

void end_probation() noexcept {
    is_open = 0;
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    for (const int number : faults) {
        ::signal(number, SIG_DFL);
    }
}

void go_back() noexcept {
    if (is_open == 0) {
        return;
    }
    is_open = 0;
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    // Nothing may end us between here and the old program's own mask.
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    execute(back.program, back.argv.data(), back.environment.data());
}

}  // namespace lastcall::sys
