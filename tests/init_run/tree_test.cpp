// Large trees, trees that grow, and trees that cannot be told to end.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "init_run/control_group.hpp"
#include "init_run/keeper_process.hpp"
#include "support/sanitized.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using testing::say;

constexpr int zombies = 20'000;

/// Leaves 20,000 orphans that have ended, all at once: their parent never waits, and ends.
LASTCALL_SCENARIO(leaves_zombies) {
    const pid_t parent = ::fork();
    if (parent == 0) {
        int made = 0;
        for (; made < zombies; ++made) {
            // vfork: nothing of this large process is copied.
            const pid_t one = ::vfork();  // NOLINT
            if (one == 0) {
                ::_exit(0);
            }
            if (one < 0) {
                break;
            }
        }
        say("made " + std::to_string(made));
        ::_exit(0);
    }
    ::waitpid(parent, nullptr, 0);
    return 0;
}

/// Children that fork as fast as they can, and ignore every signal that can be ignored.
LASTCALL_SCENARIO(fork_bomb) {
    for (int number = 1; number < 32; ++number) {
        ::signal(number, SIG_IGN);
    }
    ::signal(SIGCHLD, SIG_IGN);
    say("ready");
    for (;;) {
        if (::fork() < 0) {
            ::usleep(100);
        }
    }
}

/// Ends when told, and starts and ends processes all the time, so that ids come again.
LASTCALL_SCENARIO(uses_up_ids) {
    static volatile sig_atomic_t told = 0;
    ::signal(SIGTERM, [](int) { told = 1; });
    int last = 0;
    int wraps = 0;
    bool said = false;
    while (told == 0) {
        const pid_t one = ::fork();
        if (one == 0) {
            ::_exit(0);
        }
        wraps += one < last ? 1 : 0;
        last = one;
        ::waitpid(one, nullptr, 0);
        if (wraps > 3 && !said) {
            said = true;
            say("wrapped");
        }
    }
    return 0;
}

class KeeperTree : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperTree,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

// One after the other: the kernel may not have ids for both at once.
TEST(KeeperZombies, TwentyThousandAreReaped) {
    for (const place where : {place::subreaper, place::first_process}) {
        SKIP_WITHOUT_NAMESPACES(where);
        keeper_process k({where, {"--grace", "15s"}, scenario_command("leaves_zombies")});
        EXPECT_EQ(k.wait(), 0) << k.err();
        if (!has(k.out(), "made " + std::to_string(zombies))) {
            GTEST_SKIP() << "NOT TESTED: so many processes are not allowed here: " << k.out();
        }
        EXPECT_GE(number_in(k.last_line(), "reaped"), zombies) << k.err();
        EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
        EXPECT_TRUE(nothing_is_left());
    }
}

TEST_P(KeeperTree, AForkBombIsEndedToTheLast) {
    const control_group limit("pids");
    if (!limit || !limit.write("pids.max", "150")) {
        GTEST_SKIP() << "NOT TESTED: no pids cgroup can be made here";
    }
    // All of them compete with it, each some times slower with a sanitizer.
    const bool is_slow = testing::is_sanitized;
    keeper_request what{GetParam(),
                        {"--grace", is_slow ? "15s" : "5s", "--reserve", is_slow ? "14s" : "4s"},
                        scenario_command("fork_bomb")};
    what.prepare = [&] { limit.enter(); };
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    ASSERT_TRUE(wait_until([&] { return std::stoi(limit.read("pids.current")) > 100; }));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_GT(number_in(k.last_line(), "killed_count"), 50) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "left"), 0) << k.err();
    EXPECT_TRUE(nothing_is_left());
    EXPECT_TRUE(limit.read("cgroup.procs").empty()) << limit.read("cgroup.procs");
}

TEST(KeeperIds, ThatComeAgainAreNotTakenForTheOldProcess) {
    SKIP_WITHOUT_NAMESPACES(place::first_process);
    keeper_request what{place::first_process, {"--mode", "tree"}, scenario_command("uses_up_ids")};
    what.prepare = [] {
        // The limit of a namespace is its own since Linux 6.14; before, it has to be left.
        if (!write_file("/proc/sys/kernel/pid_max", "350")) {
            ::_exit(94);
        }
    };
    const std::string before = read_file("/proc/sys/kernel/pid_max");
    keeper_process k(what);
    const bool is_own = read_file("/proc/sys/kernel/pid_max") == before;
    if (!is_own) {
        write_file("/proc/sys/kernel/pid_max", before);
    }
    if (!is_own || !k.wait_for("wrapped")) {
        GTEST_SKIP() << "NOT TESTED: kernel.pid_max is not per namespace here";
    }
    for (int i = 0; i < 50; ++i) {
        ::kill(k.pid(), SIGWINCH);
        ::usleep(1000);
    }
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "left"), 0);
}

TEST_P(KeeperTree, AFrozenProcessIsNamedAndCountedOnce) {
    const control_group freezer("freezer");
    if (!freezer) {
        GTEST_SKIP() << "NOT TESTED: no freezer cgroup can be made here";
    }
    const private_folder folder;
    const std::string file = folder / "pid";
    keeper_process k(
        {GetParam(),
         {"--grace", "800ms", "--reserve", "400ms"},
         shell("echo $$ > " + freezer.file("cgroup.procs") + "; sleep 30 & echo ready; wait")});
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    ASSERT_TRUE(freezer.freeze());
    k.signal(SIGTERM);
    // A frozen process of v1 takes not even SIGKILL; as PID 1 the kernel waits for it.
    ASSERT_TRUE(k.wait_for(R"("schema")")) << k.err();
    freezer.thaw();
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_TRUE(has(k.messages(), "frozen") || has(k.messages(), "freezer")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "killed_count"), 2) << k.err();
}

TEST_P(KeeperTree, OutOfMemoryIsSaid) {
    const control_group memory("memory");
    if (!memory || !memory.limit_memory("24M")) {
        GTEST_SKIP() << "NOT TESTED: no memory cgroup can be made here";
    }
    keeper_request what{GetParam(), {}, shell("x=0123456789abcdef; while :; do x=$x$x; done")};
    what.prepare = [&] { memory.enter(); };
    keeper_process k(what);
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_GE(number_in(k.last_line(), "oom_kills"), 1) << k.err();
    EXPECT_TRUE(has(k.messages(), "killed by the kernel for want of memory")) << k.err();
}

TEST(KeeperCgroups, MayBeReadOnly) {
    SKIP_WITHOUT_NAMESPACES(place::first_process);
    keeper_request what{place::first_process,
                        {"--grace", "600ms", "--reserve", "200ms"},
                        shell("trap '' TERM; setsid sh -c 'trap \"\" TERM; sleep 30' & echo ready; "
                              "while :; do sleep 1; done")};
    what.prepare = [] {
        for (const auto& entry : std::filesystem::directory_iterator("/sys/fs/cgroup")) {
            ::mount(nullptr, entry.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY,
                    nullptr);
        }
        ::mount(nullptr, "/sys/fs/cgroup", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr);
    };
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_GE(number_in(k.last_line(), "killed_count"), 2) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "left"), 0) << k.err();
}

}  // namespace
}  // namespace lastcall::init_run
