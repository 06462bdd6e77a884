#include "sys/intercept/filter_program.hpp"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstdint>

#ifndef SO_DETACH_REUSEPORT_BPF
#define SO_DETACH_REUSEPORT_BPF 68
#endif

namespace lastcall::sys {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t native = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t native = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t native = 0;  // nothing is told: why_no_interception() says so
#endif

/// Set in the numbers of x32's calls, which share the architecture of x86-64.
[[maybe_unused]] constexpr std::uint32_t x32_bit = 0x40000000;

class writer {
public:
    explicit writer(filter_program& into) noexcept : into_(into) {}

    void load(std::size_t offset) noexcept {
        add({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)});
    }
    void load_argument(std::size_t index) noexcept {
        // The lower half: both machines are little endian, and the values are ints.
        load(offsetof(seccomp_data, args) + index * sizeof(std::uint64_t));
    }
    void unless_equal(std::uint32_t value, std::uint32_t answer) noexcept {
        add({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value});
        give(answer);
    }
    void if_equal(std::uint32_t value, std::uint32_t answer) noexcept {
        add({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value});
        give(answer);
    }
    [[maybe_unused]] void if_at_least(std::uint32_t value, std::uint32_t answer) noexcept {
        add({BPF_JMP | BPF_JGE | BPF_K, 0, 1, value});
        give(answer);
    }
    void give(std::uint32_t answer) noexcept { add({BPF_RET | BPF_K, 0, 0, answer}); }

private:
    void add(sock_filter instruction) noexcept { into_.code[into_.size++] = instruction; }

    filter_program& into_;
};

}  // namespace

filter_program make_filter_program(filter_options options) noexcept {
    constexpr std::uint32_t pass = SECCOMP_RET_ALLOW;
    constexpr std::uint32_t tell = SECCOMP_RET_USER_NOTIF;
    filter_program program;
    writer to(program);
    to.load(offsetof(seccomp_data, arch));
    to.unless_equal(native, pass);
    to.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    to.if_at_least(x32_bit, pass);
#endif
    to.if_equal(SYS_bind, tell);
    to.if_equal(SYS_listen, tell);
    // A ring can bind as well, and no filter sees it: the keeper has to know the reason why it
    // never saw a bind. Asked once for each ring.
    to.if_equal(SYS_io_uring_setup, tell);
    if (options.guards_paths) {
#if defined(SYS_unlink)
        to.if_equal(SYS_unlink, tell);
#endif
#if defined(SYS_rename)
        to.if_equal(SYS_rename, tell);
#endif
        to.if_equal(SYS_unlinkat, tell);
        to.if_equal(SYS_renameat, tell);
        to.if_equal(SYS_renameat2, tell);
    }
    // A program that chooses among its own SO_REUSEPORT sockets would choose among the
    // generations: its choice holds for the whole group.
    to.unless_equal(SYS_setsockopt, pass);
    to.load_argument(1);
    to.unless_equal(SOL_SOCKET, pass);
    to.load_argument(2);
    to.if_equal(SO_ATTACH_REUSEPORT_CBPF, tell);
    to.if_equal(SO_ATTACH_REUSEPORT_EBPF, tell);
    to.if_equal(SO_DETACH_REUSEPORT_BPF, tell);
    to.give(pass);
    return program;
}

}  // namespace lastcall::sys
