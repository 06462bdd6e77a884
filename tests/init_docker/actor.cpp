// What runs in the containers of this test. Each part says "ready" when it can be stopped.
//
//   actor server    says which signals come; ends with 0 at SIGTERM
//   actor deaf      ignores every signal that can be ignored
//   actor heavy     deaf, and so large that the kernel takes a while to end it
//   actor parent    ends with 0 at SIGTERM; its child needs one second more, and says so
//   actor hog       its child takes memory until it is killed, and it goes on as server
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string_view>
#include <thread>

namespace {

sigset_t all_signals() {
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGCHLD);
    return all;
}

int serve(const char* name) {
    const sigset_t all = all_signals();
    std::printf("%s ready: pid %d, uid %u\n", name, getpid(), getuid());
    for (;;) {
        siginfo_t info;
        const int number = sigwaitinfo(&all, &info);
        if (number > 0) {
            std::printf("%s got %d\n", name, number);
        }
        if (number == SIGTERM) {
            return 0;
        }
    }
}

int be_deaf() {
    for (int number = 1; number <= SIGRTMAX; ++number) {
        signal(number, SIG_IGN);
    }
    const sigset_t all = all_signals();
    sigprocmask(SIG_UNBLOCK, &all, nullptr);
    std::printf("deaf ready\n");
    for (;;) {
        pause();
    }
}

int clean_up_slowly() {
    serve("child");
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::printf("child cleaned up\n");
    return 0;
}

void take_a_megabyte() {
    constexpr std::size_t size = 1 << 20;
    void* got = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (std::size_t at = 0; got != MAP_FAILED && at < size; at += 4096) {
        static_cast<volatile char*>(got)[at] = 1;
    }
}

}  // namespace

int main(int count, char** words) {
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    const sigset_t all = all_signals();
    sigprocmask(SIG_BLOCK, &all, nullptr);
    const std::string_view part = count > 1 ? words[1] : "";
    if (part == "server") {
        return serve("server");
    }
    if (part == "deaf") {
        return be_deaf();
    }
    if (part == "heavy") {
        for (int i = 0; i < 700; ++i) {
            take_a_megabyte();
        }
        return be_deaf();
    }
    if (part == "parent") {
        return fork() == 0 ? clean_up_slowly() : serve("parent");
    }
    if (part == "hog") {
        const pid_t child = fork();
        while (child == 0) {
            take_a_megabyte();
        }
        int status = 0;
        waitpid(child, &status, 0);
        std::printf("child ended by signal %d\n", WTERMSIG(status));
        return serve("hog");
    }
    std::fprintf(stderr, "usage: actor server|deaf|heavy|parent|hog\n");
    return 2;
}
