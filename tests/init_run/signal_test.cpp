// Signals on their way to the main program.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "init_run/keeper_process.hpp"
#include "support/sanitized.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using testing::say;

std::atomic<int> counted{0};

/// Counts SIGUSR1 until SIGTERM, and exits with 9 if there was none.
LASTCALL_SCENARIO(counts_usr1) {
    ::signal(SIGUSR1, [](int) { ++counted; });
    sigset_t term;
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, nullptr);
    say("ready");
    siginfo_t info;
    while (::sigwaitinfo(&term, &info) != SIGTERM) {
    }
    say("counted " + std::to_string(counted));
    return counted > 0 ? 0 : 9;
}

/// Says the name of each signal that comes, until SIGTERM.
LASTCALL_SCENARIO(names_signals) {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    say("ready");
    for (;;) {
        siginfo_t info{};
        const int number = ::sigwaitinfo(&all, &info);
        say("got " + std::to_string(number));
        if (number == SIGTERM) {
            return 0;
        }
    }
}

class KeeperSignals : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperSignals,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

TEST_P(KeeperSignals, AStormDoesNotLoseTheStop) {
    keeper_process k({GetParam(), {}, scenario_command("counts_usr1")});
    ASSERT_TRUE(k.wait_for("ready"));
    for (int i = 0; i < 100'000; ++i) {
        ::kill(k.pid(), SIGUSR1);
        if (i == 50'000) {
            k.signal(SIGTERM);
        }
    }
    EXPECT_EQ(k.wait(), 0) << k.out() << k.err();
    EXPECT_TRUE(has(k.out(), "counted ")) << k.out();
    EXPECT_TRUE(has(k.last_line(), R"("signal":"SIGTERM")")) << k.err();
}

// The kernel hands out the lowest number first, and SIGUSR1 is lower than SIGTERM.
TEST_P(KeeperSignals, AStormThatDoesNotEndDoesNotHoldTheStopUp) {
    keeper_process k({GetParam(), {}, scenario_command("counts_usr1")});
    ASSERT_TRUE(k.wait_for("ready"));
    const pid_t storms[] = {::fork(), ::fork()};
    if (storms[0] == 0 || storms[1] == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (::kill(k.pid(), SIGUSR1) == 0 && ::getppid() != 1) {
        }
        ::_exit(0);
    }
    ::usleep(50'000);
    k.signal(SIGTERM);
    const bool is_over = k.wait_for(R"("schema")");
    for (const pid_t one : storms) {
        ::kill(one, SIGKILL);
        ::waitpid(one, nullptr, 0);
    }
    EXPECT_TRUE(is_over) << "the stop was not taken while the storm went on";
    EXPECT_EQ(k.wait(), 0) << k.out() << k.err();
}

/// Or waits for them already: they are not shown as blocked then.
bool has_blocked_its_signals(pid_t pid) {
    const std::string of_it = "/proc/" + std::to_string(pid);
    const std::string status = read_file(of_it + "/status");
    const auto at = status.find("SigBlk:\t");
    return (at != std::string::npos && status.compare(at + 8, 7, "fffffff") == 0) ||
           has(read_file(of_it + "/wchan"), "sigtimedwait");
}

// Before it blocks its signals their default action is right. From then on none is lost,
// whether the program is there already or not.
TEST_P(KeeperSignals, OfTheFirstMillisecondAreNotLost) {
    for (int i = 0; i < (testing::is_sanitized ? 40 : 250); ++i) {
        keeper_process k({GetParam(), {"-q"}, {"/bin/sleep", "30"}});
        const auto end = std::chrono::steady_clock::now() + ceiling;
        while (!has_blocked_its_signals(k.pid()) && std::chrono::steady_clock::now() < end) {
        }
        k.signal(SIGTERM);
        ASSERT_EQ(k.wait(), 143) << i << k.err();
        ASSERT_LT(k.took(), 5s);
        ASSERT_EQ(number_in(k.last_line(), "stop_signals"), 1) << i << k.err();
    }
}

TEST_P(KeeperSignals, RealTimeOnesAreForwardedEach) {
    keeper_process k({GetParam(), {}, scenario_command("names_signals")});
    ASSERT_TRUE(k.wait_for("ready"));
    for (const int number : {SIGRTMIN, SIGRTMIN + 3, SIGRTMAX, SIGRTMAX, SIGHUP, SIGWINCH}) {
        k.signal(number);
    }
    ASSERT_TRUE(k.wait_for("got " + std::to_string(SIGRTMAX) + "\n", 2)) << k.out();
    for (const int number : {SIGRTMIN, SIGRTMIN + 3, SIGHUP, SIGWINCH}) {
        EXPECT_TRUE(k.wait_for("got " + std::to_string(number) + "\n")) << k.out();
    }
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0);
}

TEST_P(KeeperSignals, AreRewritten) {
    keeper_process k(
        {GetParam(), {"--rewrite", "TERM=QUIT,USR1=USR2"}, scenario_command("names_signals")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGUSR1);
    ASSERT_TRUE(k.wait_for("got " + std::to_string(SIGUSR2) + "\n")) << k.out();
    k.signal(SIGTERM);
    ASSERT_TRUE(k.wait_for("got " + std::to_string(SIGQUIT) + "\n")) << k.out();
    EXPECT_FALSE(has(k.out(), "got " + std::to_string(SIGTERM) + "\n")) << k.out();
}

TEST_P(KeeperSignals, AreDropped) {
    keeper_process k({GetParam(), {"--drop", "HUP"}, scenario_command("names_signals")});
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGHUP);
    k.signal(SIGUSR1);
    ASSERT_TRUE(k.wait_for("got " + std::to_string(SIGUSR1) + "\n")) << k.out();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0);
    EXPECT_FALSE(has(k.out(), "got " + std::to_string(SIGHUP) + "\n")) << k.out();
}

/// A main program, a child in its group, and one in a session of its own; each says what
/// it gets of USR1.
std::vector<std::string> family() {
    const std::string member =
        "trap 'echo usr1 \\$0' USR1; trap 'exit 0' TERM; echo up \\$0; "
        "while :; do sleep 0.02; done";
    return shell("sh -c \"" + member + "\" near & setsid sh -c \"" + member +
                 "\" far & trap 'echo usr1 main' USR1; trap 'exit 0' TERM; echo up main; "
                 "while :; do sleep 0.02; done");
}

void wait_for_family(keeper_process& k) {
    for (const char* name : {"up main", "up near", "up far"}) {
        ASSERT_TRUE(k.wait_for(name)) << k.out() << k.err();
    }
}

TEST_P(KeeperSignals, ReachTheMainProgramAlone) {
    keeper_process k({GetParam(), {}, family()});
    wait_for_family(k);
    k.signal(SIGUSR1);
    ASSERT_TRUE(k.wait_for("usr1 main")) << k.out();
    ::usleep(100'000);
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_FALSE(has(k.out(), "usr1 near") || has(k.out(), "usr1 far")) << k.out();
}

// dash's loop is in `sleep`, which SIGUSR1 ends; its trap runs then.
TEST_P(KeeperSignals, ReachTheGroup) {
    keeper_process k({GetParam(), {"--mode", "group"}, family()});
    wait_for_family(k);
    k.signal(SIGUSR1);
    ASSERT_TRUE(k.wait_for("usr1 main")) << k.out();
    ASSERT_TRUE(k.wait_for("usr1 near")) << k.out();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_FALSE(has(k.out(), "usr1 far")) << k.out();
}

TEST_P(KeeperSignals, ReachTheWholeTree) {
    keeper_process k({GetParam(), {"--mode", "tree"}, family()});
    wait_for_family(k);
    k.signal(SIGUSR1);
    for (const char* name : {"usr1 main", "usr1 near", "usr1 far"}) {
        ASSERT_TRUE(k.wait_for(name)) << k.out();
    }
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
}

TEST(KeeperParent, ItsEndIsASignalWhereThatIsAskedFor) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        const pid_t keeper = ::fork();
        if (keeper == 0) {
            ::dup2(ends[1], 2);
            ::close(ends[0]);
            ::close(ends[1]);
            ::execl(keeper_path().c_str(), "lastcall-init", "--parent-death-signal", "TERM", "-v",
                    "--", "/bin/sleep", "30", nullptr);
            ::_exit(97);
        }
        // Until it has asked for the signal, and runs its program.
        const std::string children =
            "/proc/" + std::to_string(keeper) + "/task/" + std::to_string(keeper) + "/children";
        ::_exit(wait_until([&] { return !read_file(children).empty(); }) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
        said.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(ends[0]);
    int statuses = 0;
    for (int status = 0; ::wait(&status) > 0;) {
        statuses += WEXITSTATUS(status);
    }
    EXPECT_EQ(statuses, 143) << said;
    EXPECT_TRUE(has(said, R"("cause":"signal","sender":{"signal":"SIGTERM")")) << said;
}

}  // namespace
}  // namespace lastcall::init_run
