#include "sys/process/process_signals.hpp"

#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <new>

#include "init/child.hpp"
#include "sys/clock.hpp"
#include "sys/process/launch.hpp"
#include "sys/process/process_facts.hpp"

using namespace lastcall;
using lastcall::init_test::child;
using lastcall::init_test::fork_below;
using lastcall::init_test::state_of;
using lastcall::init_test::wait_until;

namespace {

std::size_t living_below(int root) {
    std::vector<sys::process_entry> table(32'768);
    const auto found = sys::find_descendants(root, table);
    std::size_t count = 0;
    for (std::size_t i = 0; i < found.count; ++i) {
        count += table[i].is_dead() ? 0U : 1U;
    }
    return count;
}

std::chrono::nanoseconds soon() { return sys::monotonic_now() + std::chrono::seconds(10); }

TEST(SignalDescendants, ReachesThoseThatLeftTheSessionAndNotTheRoot) {
    child top([](const auto& ready) {
        fork_below([] { ::setsid(); });
        fork_below([&] { fork_below([&] { ready(""); }); });
    });
    ASSERT_TRUE(wait_until([&] { return living_below(top.pid()) == 3; }));
    EXPECT_EQ(sys::signal_descendants({.root = top.pid(), .number = SIGSTOP}), 3U);
    std::vector<sys::process_entry> table(8);
    EXPECT_TRUE(wait_until([&] {
        const auto count = sys::find_descendants(top.pid(), table).count;
        return std::count_if(table.begin(), table.begin() + static_cast<std::ptrdiff_t>(count),
                             [](const auto& one) { return one.state == 'T'; }) == 3;
    }));
    EXPECT_TRUE(wait_until([&] { return state_of(top.pid()) == 'S'; }));
    static_cast<void>(sys::signal_descendants({.root = top.pid(), .number = SIGKILL}));
}

TEST(SignalDescendants, PassesOverTheDeadAndTheExcepted) {
    child top([](const auto& ready) {
        fork_below([] { ::_exit(0); });
        const int kept = fork_below([] {});
        fork_below([] {});
        ready(std::to_string(kept));
    });
    ASSERT_TRUE(wait_until([&] { return living_below(top.pid()) == 2; }));
    const int kept = std::stoi(top.said());
    const std::array except = {kept};
    EXPECT_EQ(sys::signal_descendants({.root = top.pid(), .number = SIGTERM, .except = except}),
              1U);
    EXPECT_TRUE(wait_until([&] { return living_below(top.pid()) == 1; }));
    EXPECT_TRUE(wait_until([&] { return state_of(kept) == 'S'; }));
    ::kill(kept, SIGKILL);
}

TEST(SignalDescendants, LeavesAloneWhoeverHadItBefore) {
    child top([](const auto& ready) { ready(std::to_string(fork_below([] {}))); });
    sys::signalled_set already;
    const sys::signal_request request{.root = top.pid(), .number = SIGCONT, .already = &already};
    EXPECT_EQ(sys::signal_descendants(request), 1U);
    EXPECT_EQ(sys::signal_descendants(request), 0U);
    ::kill(std::stoi(top.said()), SIGKILL);
}

TEST(SignalDescendants, LeavesToAProcessWhatItStartsAfterItsSignal) {
    child top([](const auto& ready) {
        sys::become_subreaper();  // what loses its parent stays below, and is killed as well
        const int below = fork_below([&] {
            ::signal(SIGUSR1, [](int) { fork_below([] {}); });
            ready(std::to_string(::getpid()));
        });
        static_cast<void>(below);
    });
    const int below = std::stoi(top.said());
    sys::signalled_set already;
    const sys::signal_request request{.root = top.pid(), .number = SIGUSR1, .already = &already};
    EXPECT_EQ(sys::signal_descendants(request), 1U);
    ASSERT_TRUE(wait_until([&] { return living_below(below) == 1; }));
    EXPECT_EQ(sys::signal_descendants(request), 0U);
    EXPECT_EQ(living_below(below), 1U);
    std::array<sys::killed_process, 4> killed;
    static_cast<void>(sys::kill_descendants(top.pid(), killed, soon()));
    EXPECT_TRUE(wait_until([&] { return living_below(top.pid()) == 0; }));
}

TEST(SignalDescendants, CallsBackBetweenTheWalkAndTheFirstSignal) {
    child top([](const auto& ready) { ready(std::to_string(fork_below([] {}))); });
    const int below = std::stoi(top.said());
    static bool was_alive;
    was_alive = false;
    int id = below;
    const auto look = [](void* pid) noexcept {
        const char state = state_of(*static_cast<int*>(pid));
        was_alive = state == 'S' || state == 'R';
    };
    EXPECT_EQ(sys::signal_descendants(
                  {.root = top.pid(), .number = SIGKILL, .once_walked = look, .context = &id}),
              1U);
    EXPECT_TRUE(was_alive);
}

TEST(KillDescendants, CountsEachOnlyOnce) {
    child top([](const auto& ready) { ready(std::to_string(fork_below([] {}))); });
    const int below = std::stoi(top.said());
    sys::signalled_set already;
    const auto entry = sys::read_process(below);
    ASSERT_TRUE(entry);
    EXPECT_TRUE(already.insert(*entry));
    std::array<sys::killed_process, 2> killed;
    const auto result = sys::kill_descendants(top.pid(), killed, soon(), {}, &already);
    EXPECT_EQ(result.killed, 0U);
    EXPECT_EQ(result.listed, 0U);
    EXPECT_TRUE(wait_until([&] { return living_below(top.pid()) == 0; }));
}

TEST(SignalDescendants, ASecondSignalLetsTheStoppedTakeTheFirst) {
    child top([](const auto& ready) { ready(std::to_string(fork_below([] {}))); });
    const int below = std::stoi(top.said());
    ASSERT_EQ(::kill(below, SIGSTOP), 0);
    ASSERT_TRUE(wait_until([&] { return state_of(below) == 'T'; }));
    EXPECT_EQ(sys::signal_descendants({.root = top.pid(), .number = SIGTERM, .then = SIGCONT}), 1U);
    EXPECT_TRUE(wait_until([&] { return living_below(top.pid()) == 0; }));
}

TEST(SendSignal, RefusesAnIdThatBelongsToAnotherProcessNow) {
    child one([](const auto& ready) { ready(""); });
    auto entry = sys::read_process(one.pid());
    ASSERT_TRUE(entry);
    ++entry->start_time;
    EXPECT_FALSE(sys::send_signal_to(*entry, ::getpid(), SIGKILL));
    --entry->start_time;
    EXPECT_TRUE(sys::send_signal_to(*entry, ::getpid(), SIGKILL));
}

TEST(KillDescendants, EndsAndNamesEveryoneBelow) {
    child top([](const auto& ready) {
        ::signal(SIGTERM, SIG_IGN);
        fork_below([] { ::setsid(); });
        const int below = fork_below([] { ::execlp("sleep", "sleep", "1001", nullptr); });
        ready(std::to_string(below));
    });
    const int below = std::stoi(top.said());
    ASSERT_TRUE(wait_until([&] {
        sys::short_text<512> command;
        sys::read_command(below, command);
        return command.view() == "sleep 1001";
    }));
    std::array<sys::killed_process, 8> killed;
    const auto result = sys::kill_descendants(top.pid(), killed, soon());
    EXPECT_EQ(result.killed, 2U);
    ASSERT_EQ(result.listed, 2U);
    EXPECT_TRUE(result.is_complete);
    EXPECT_TRUE(killed[0].command.view() == "sleep 1001" ||
                killed[1].command.view() == "sleep 1001");
    EXPECT_TRUE(wait_until([&] { return living_below(top.pid()) == 0; }));
    EXPECT_TRUE(wait_until([&] { return state_of(top.pid()) == 'S'; }));
}

TEST(KillDescendants, AsPidOneEndsTheWholeNamespace) {
    child outer([](const auto& ready) {
        if (::geteuid() != 0 || ::unshare(CLONE_NEWPID) != 0) {
            ready("none");
            return;
        }
        fork_below([&] {
            if (::getpid() != 1) {
                ready("not pid 1");
                return;
            }
            // /proc is still that of the outer namespace, where pid 1 is another: nothing is
            // counted here, but nobody may be left, which wait(2) shows.
            fork_below([] { ::setsid(); });
            fork_below([] { ::signal(SIGTERM, SIG_IGN); });
            std::array<sys::killed_process, 1> killed;
            const bool complete =
                sys::kill_descendants(1, killed, soon(), std::span<const int>()).is_complete;
            int ended = 0;
            while (::wait(nullptr) > 0) {
                ++ended;
            }
            ready(complete && ended == 2 ? "both" : "not both");
        });
    });
    if (outer.said() == "none") {
        GTEST_SKIP() << "may not make a pid namespace";
    }
    EXPECT_EQ(outer.said(), "both");
}

TEST(KillDescendants, CountsMoreThanItNames) {
    child top([](const auto& ready) {
        for (int i = 0; i < 5; ++i) {
            fork_below([] {});
        }
        ready("");
    });
    std::array<sys::killed_process, 2> killed;
    const auto result = sys::kill_descendants(top.pid(), killed, soon());
    EXPECT_EQ(result.killed, 5U);
    EXPECT_EQ(result.listed, 2U);
}

TEST(KillDescendants, EndsABomb) {
    // Every process of it forks for as long as it lives; all together a bounded number of
    // times, should the killing fail.
    void* const shared = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    auto* const forks_left = new (shared) std::atomic<int>(4'000);
    child top([&](const auto& ready) {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        if (::fork() == 0) {
            for (int left = 4'000; left > 0; left = forks_left->fetch_sub(1)) {
                if (left == 3'950) {
                    ready("");
                }
                static_cast<void>(::fork());
            }
            for (;;) {
                ::pause();
            }
        }
    });
    const auto result = sys::kill_descendants(top.pid(), {}, soon());
    EXPECT_TRUE(result.is_complete);
    EXPECT_GT(result.killed, 0U);
    EXPECT_TRUE(wait_until([&] { return living_below(top.pid()) == 0; }));
    ::munmap(shared, sizeof(std::atomic<int>));
}

}  // namespace
