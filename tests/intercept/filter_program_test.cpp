// The filter, run by a small interpreter of classic BPF: which calls it tells us of.
#include "sys/intercept/filter_program.hpp"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>

namespace lastcall::sys {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t native = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t native = AUDIT_ARCH_AARCH64;
#endif

/// Runs it as bpf(4) defines the instructions that it uses. Returns: its answer.
std::uint32_t run(const filter_program& program, const seccomp_data& call) {
    std::uint32_t a = 0;
    for (std::size_t at = 0; at < program.size; ++at) {
        const sock_filter& now = program.code[at];
        switch (now.code) {
            case BPF_LD | BPF_W | BPF_ABS:
                std::memcpy(&a, reinterpret_cast<const char*>(&call) + now.k, sizeof a);
                break;
            case BPF_JMP | BPF_JEQ | BPF_K:
                at += a == now.k ? now.jt : now.jf;
                break;
            case BPF_JMP | BPF_JGE | BPF_K:
                at += a >= now.k ? now.jt : now.jf;
                break;
            case BPF_RET | BPF_K:
                return now.k;
            default:
                ADD_FAILURE() << "an instruction that is not known: " << now.code;
                return 0;
        }
    }
    ADD_FAILURE() << "it runs off its end";
    return 0;
}

bool is_told(long number, filter_options options = {}, std::uint32_t machine = native,
             std::uint64_t level = 0, std::uint64_t name = 0) {
    seccomp_data call{};
    call.nr = static_cast<int>(number);
    call.arch = machine;
    call.args[1] = level;
    call.args[2] = name;
    const std::uint32_t answer = run(make_filter_program(options), call);
    EXPECT_TRUE(answer == SECCOMP_RET_ALLOW || answer == SECCOMP_RET_USER_NOTIF) << answer;
    return answer == SECCOMP_RET_USER_NOTIF;
}

TEST(FilterProgram, TellsOfBindAndListen) {
    EXPECT_TRUE(is_told(SYS_bind));
    EXPECT_TRUE(is_told(SYS_listen));
    EXPECT_TRUE(is_told(SYS_io_uring_setup));
}

TEST(FilterProgram, TellsOfNothingElse) {
    const long quiet[] = {
        SYS_bind,
        SYS_listen,
        SYS_io_uring_setup,
        SYS_setsockopt,
        SYS_unlinkat,
        SYS_renameat,
        SYS_renameat2,
#if defined(SYS_unlink)
        SYS_unlink,
        SYS_rename
#endif
    };
    for (long number = 0; number < 600; ++number) {
        if (std::find(std::begin(quiet), std::end(quiet), number) == std::end(quiet)) {
            EXPECT_FALSE(is_told(number)) << number;
            EXPECT_FALSE(is_told(number, {.guards_paths = true})) << number;
        }
    }
}

TEST(FilterProgram, TellsOfRemovalsOnlyWhereThereArePaths) {
    for (const long number : {
             long{SYS_unlinkat}, long{SYS_renameat}, long{SYS_renameat2},
#if defined(SYS_unlink)
                 long{SYS_unlink}, long {
                 SYS_rename
             }
#endif
         }) {
        EXPECT_FALSE(is_told(number)) << number;
        EXPECT_TRUE(is_told(number, {.guards_paths = true})) << number;
    }
}

TEST(FilterProgram, TellsOfAProgramThatSteersItsGroup) {
    for (const int name : {SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF, 68}) {
        EXPECT_TRUE(is_told(SYS_setsockopt, {}, native, SOL_SOCKET, static_cast<unsigned>(name)));
    }
    // The upper half of an argument that is an int may hold anything.
    EXPECT_TRUE(is_told(SYS_setsockopt, {}, native, SOL_SOCKET | 0xabcd00000000, 51));
    EXPECT_FALSE(is_told(SYS_setsockopt, {}, native, SOL_SOCKET, SO_REUSEPORT));
    EXPECT_FALSE(is_told(SYS_setsockopt, {}, native, IPPROTO_TCP, TCP_NODELAY));
    EXPECT_FALSE(is_told(SYS_setsockopt, {}, native, IPPROTO_TCP, SO_ATTACH_REUSEPORT_CBPF));
}

TEST(FilterProgram, LetsOtherMachinesPass) {
    EXPECT_FALSE(is_told(SYS_bind, {}, AUDIT_ARCH_I386));
    EXPECT_FALSE(is_told(SYS_bind, {}, AUDIT_ARCH_ARM));
#if defined(__x86_64__)
    EXPECT_FALSE(is_told(0x40000000 | SYS_bind)) << "x32";
#endif
}

}  // namespace
}  // namespace lastcall::sys
