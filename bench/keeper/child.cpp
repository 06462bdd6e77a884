// keeper_child PAGE ROLE [N]: the program below the init. It says on a shared page when it
// saw what.
//
//   wait      notes each SIGUSR1; SIGTERM is noted and ends it
//   zombies   at the first go, leaves N dead grandchildren to the init
//   end       ends at the first go, and notes when
//   daemon    ends at the first go; a daemon that it leaves behind ends at the second
//   tree      has N children; all end by SIGTERM
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "page.hpp"

namespace {

using namespace keeper_bench;

constexpr int no_limit_s = 3600;

void nothing(int) {}

[[noreturn]] void note_and_exit(page& shared) {
    shared.at_ns.store(now_ns(), std::memory_order_release);
    ::_exit(0);
}

int wait_for_signals(page& shared) {
    // Handlers, as a service has them, so that no init has anything to say about it.
    struct sigaction caught {};
    caught.sa_handler = nothing;
    ::sigaction(SIGTERM, &caught, nullptr);
    ::sigaction(SIGUSR1, &caught, nullptr);
    sigset_t both;
    ::sigemptyset(&both);
    ::sigaddset(&both, SIGTERM);
    ::sigaddset(&both, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &both, nullptr);
    raise_to(shared.ready, 1);
    for (std::uint32_t count = 1;;) {
        const int number = ::sigwaitinfo(&both, nullptr);
        if (number < 0) {
            continue;  // stopped and continued
        }
        shared.at_ns.store(now_ns(), std::memory_order_release);
        raise_to(shared.received, count++);
        if (number == SIGTERM) {
            return 0;
        }
    }
}

/// One that is dead, and not reaped. By vfork(2): twenty thousand are to be made.
bool make_zombie() {
    const pid_t made = ::vfork();
    if (made == 0) {
        ::_exit(0);
    }
    siginfo_t seen{};
    return made > 0 && ::waitid(P_PID, static_cast<id_t>(made), &seen, WEXITED | WNOWAIT) == 0;
}

/// In a process between, which exits: what it leaves is the init's.
[[noreturn]] void leave_zombies(int how_many) {
    for (int i = 0; i < how_many; ++i) {
        if (!make_zombie()) {
            ::_exit(1);
        }
    }
    ::_exit(0);
}

int make_zombies(page& shared, int how_many) {
    raise_to(shared.ready, 1);
    wait_at_least(shared.go, 1, no_limit_s);
    const pid_t between = ::fork();
    if (between == 0) {
        leave_zombies(how_many);
    }
    int status = 1;
    ::waitpid(between, &status, 0);
    raise_to(shared.done, status == 0 ? 1 : 2);
    for (;;) {
        ::pause();
    }
}

int end_when_told(page& shared) {
    raise_to(shared.ready, 1);
    wait_at_least(shared.go, 1, no_limit_s);
    note_and_exit(shared);
}

int leave_daemon(page& shared) {
    ::signal(SIGTERM, SIG_IGN);  // the daemon is told to end when the main program has
    if (::fork() == 0) {
        ::setsid();
        wait_at_least(shared.go, 2, no_limit_s);
        note_and_exit(shared);
    }
    return end_when_told(shared);
}

int make_tree(page& shared, int how_many) {
    for (int i = 0; i < how_many; ++i) {
        const pid_t made = ::fork();
        if (made == 0) {
            for (;;) {
                ::pause();
            }
        }
        if (made < 0) {
            return 1;
        }
    }
    raise_to(shared.ready, 1);
    for (;;) {
        ::pause();
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        return 2;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // with its init
    const int file = ::open(argv[1], O_RDWR | O_CLOEXEC);
    void* const at = ::mmap(nullptr, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || at == MAP_FAILED) {
        return 1;
    }
    page& shared = *static_cast<page*>(at);
    const int how_many = argc > 3 ? std::atoi(argv[3]) : 0;
    const auto is = [role = argv[2]](const char* name) { return std::strcmp(role, name) == 0; };
    return is("wait")      ? wait_for_signals(shared)
           : is("zombies") ? make_zombies(shared, how_many)
           : is("end")     ? end_when_told(shared)
           : is("daemon")  ? leave_daemon(shared)
           : is("tree")    ? make_tree(shared, how_many)
                           : 2;
}
