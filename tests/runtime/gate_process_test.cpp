// Gates in processes where the kernel refuses something.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstddef>
#include <lastcall/gate.hpp>
#include <thread>
#include <vector>

#include "runtime/gate_pool.hpp"
#include "support/scenario.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child;

// From now on membarrier(2) answers EPERM, as some sandboxes make it.
bool refuse_membarrier() {
    sock_filter code[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_membarrier},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 1},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    const sock_fprog program{4, code};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Returns how often a closed gate let somebody in or was empty with somebody inside.
int storm(int rounds) {
    std::atomic<int> wrong{0};
    for (int round = 0; round < rounds; ++round) {
        gate g("storm");
        std::atomic<bool> closed{false};
        std::atomic<long> inside{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&] {
                for (;;) {
                    const bool was_closed = closed.load();
                    const pass p = g.try_enter("x");
                    if (!p) {
                        return;
                    }
                    ++inside;
                    wrong += was_closed ? 1 : 0;
                    --inside;
                }
            });
        }
        g.close();
        closed.store(true);
        wrong += g.wait_empty(clock::now() + 10s) ? 0 : 1;
        wrong += inside.load() == 0 ? 0 : 1;
        for (std::thread& t : threads) {
            t.join();
        }
    }
    return wrong.load();
}

LASTCALL_SCENARIO(refused_before) {
    if (!refuse_membarrier()) {
        return 77;
    }
    const int wrong = storm(200);
    return runtime::gates_are_fenced() ? wrong : 50;
}

TEST(GateWithoutMembarrier, FencesAndHolds) {
    child c("refused_before");
    EXPECT_EQ(c.wait(), 0);
}

LASTCALL_SCENARIO(refused_after) {
    gate first("made while membarrier worked");
    const pass p = first.try_enter();
    if (!refuse_membarrier()) {
        return 77;
    }
    return storm(200);
}

TEST(GateWithoutMembarrier, HoldsWhenTheRefusalComesAfterTheGates) {
    child c("refused_after");
    EXPECT_EQ(c.wait(), 0);
}

}  // namespace
}  // namespace lastcall
