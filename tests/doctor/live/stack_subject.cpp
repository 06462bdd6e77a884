// A process whose stack tells what is wrong with it. Prints "ready PORT" when it is so; PORT is 0.
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

// So large that malloc(3) takes its lock: what is smaller comes from a cache of the thread.
constexpr std::size_t size = 100'000;
std::atomic<unsigned long> rounds{0};
std::mutex busy;

void say_ready() {
    std::printf("ready 0\n");
    std::fflush(stdout);
}

void use_memory() {
    void* volatile const memory = std::malloc(size);
    std::free(memory);
}

void clean_up_by_malloc(int) { use_memory(); }

void clean_up_by_mutex(int) { const std::lock_guard lock(busy); }

/// Signals come until one of them meets malloc(3) with its lock taken.
[[gnu::noinline]] void run_malloc() {
    ::signal(SIGTERM, clean_up_by_malloc);
    std::thread([main = ::pthread_self()] {
        const auto pause = std::chrono::microseconds(50);
        unsigned long last = 0;
        for (int still = 0; still < 10'000; still = rounds == last ? still + 1 : 0) {
            last = rounds;
            ::pthread_kill(main, SIGTERM);
            std::this_thread::sleep_for(pause);
        }
        say_ready();
        for (;;) {
            ::pause();
        }
    }).detach();
    for (;; ++rounds) {
        use_memory();
    }
}

[[gnu::noinline]] void run_mutex() {
    ::signal(SIGTERM, clean_up_by_mutex);
    const std::lock_guard lock(busy);
    say_ready();
    ::raise(SIGTERM);
}

extern "C" __attribute__((noinline)) void wait_for_the_answer(int fd) {
    char c = 0;
    while (::read(fd, &c, 1) != 0) {
    }
}

/// Was told to stop, and waits for somebody.
[[gnu::noinline]] void run_waiting() {
    ::signal(SIGTERM, [](int) {});
    int ends[2];
    if (::pipe(ends) != 0) {
        std::exit(9);
    }
    say_ready();
    wait_for_the_answer(ends[0]);
}

/// Sixty threads wait; with SIGUSR1 all of them are woken, and when they were it says so.
[[gnu::noinline]] void run_crowd() {
    constexpr int count = 60;
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    static std::mutex lock;
    static std::condition_variable changed;
    static int turn = 0;
    static int awake = 0;
    for (int i = 0; i < count; ++i) {
        std::thread([] {
            std::unique_lock held(lock);
            for (int seen = 0;;) {
                changed.wait(held, [&] { return turn != seen; });
                seen = turn;
                if (++awake == count) {
                    std::printf("all\n");
                    std::fflush(stdout);
                }
            }
        }).detach();
    }
    say_ready();
    for (int got = 0; ::sigwait(&set, &got) == 0;) {
        const std::lock_guard held(lock);
        awake = 0;
        ++turn;
        changed.notify_all();
    }
}

}  // namespace

int main(int argc, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "malloc") {
        run_malloc();
    } else if (mode == "mutex") {
        run_mutex();
    } else if (mode == "waiting") {
        run_waiting();
    } else if (mode == "crowd") {
        run_crowd();
    }
    std::fprintf(stderr, "usage: doctor_stack_subject MODE\n");
    return 2;
}
