#include "sys/process/stack_copy.hpp"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace lastcall::sys {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t page = 4096;
constexpr std::size_t pages_at_most = 64;
constexpr auto patience = std::chrono::milliseconds(50);
constexpr auto pause_between = std::chrono::microseconds(100);

#if defined(__x86_64__)
constexpr std::uint64_t below_stack_pointer = 128;  // the red zone of the System V ABI

void take_registers(const user_regs_struct& from, stack_copy& into) {
    into.registers = {from.rax, from.rdx, from.rcx, from.rbx, from.rsi, from.rdi,
                      from.rbp, from.rsp, from.r8,  from.r9,  from.r10, from.r11,
                      from.r12, from.r13, from.r14, from.r15, from.rip};
    into.pc = from.rip;
    into.start = from.rsp;
}
#elif defined(__aarch64__)
constexpr std::uint64_t below_stack_pointer = 0;

void take_registers(const user_regs_struct& from, stack_copy& into) {
    into.registers.assign(std::begin(from.regs), std::end(from.regs));
    into.registers.push_back(from.sp);
    into.pc = from.pc;
    into.start = from.sp;
}
#else
#error "which registers does DWARF number how on this processor?"
#endif

/// A page at a time: beyond the last one of the stack nothing can be read.
void copy_memory(int thread, stack_copy& into) {
    into.start -= below_stack_pointer;
    into.bytes.resize(page * pages_at_most);
    std::array<iovec, pages_at_most> remote;
    std::uint64_t at = into.start;
    std::size_t left = into.bytes.size();
    std::size_t count = 0;
    for (; count < remote.size() && left > 0; ++count) {
        const auto size = std::min<std::size_t>(page - at % page, left);
        remote[count] = {reinterpret_cast<void*>(at), size};  // NOLINT: of another process
        at += size;
        left -= size;
    }
    iovec local{into.bytes.data(), into.bytes.size()};
    const ssize_t got = ::process_vm_readv(thread, &local, 1, remote.data(), count, 0);
    into.bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    into.bytes.shrink_to_fit();
}

/// Returns: the status of the stop; 0 when it did not stop in time, or is gone.
int wait_for_stop(int thread) {
    const auto end = steady::now() + patience;
    for (;;) {
        int status = 0;
        const auto got = ::waitpid(thread, &status, __WALL | WNOHANG);
        if (got == thread) {
            return WIFSTOPPED(status) ? status : 0;
        }
        if ((got < 0 && errno != EINTR) || steady::now() > end) {
            return 0;
        }
        std::this_thread::sleep_for(pause_between);
    }
}

/// A signal that was on its way to the thread stopped it instead of us: it has to go on.
int signal_to_pass_on(int status) {
    const bool is_ours = status >> 16 == PTRACE_EVENT_STOP;
    return is_ours ? 0 : WSTOPSIG(status);
}

/// Returns: 0 or errno.
int copy_one(int thread, std::vector<stack_copy>& into) {
    if (::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) {
        return errno;
    }
    const auto begin = steady::now();
    const int status =
        ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0 ? wait_for_stop(thread) : 0;
    if (status == 0) {
        return 0;  // the kernel lets go of it when this thread ends
    }
    stack_copy made;
    made.thread = thread;
    user_regs_struct registers{};
    iovec room{&registers, sizeof registers};
    const bool is_read = ::ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &room) == 0;
    if (is_read) {
        take_registers(registers, made);
        copy_memory(thread, made);
    }
    ::ptrace(PTRACE_DETACH, thread, nullptr, signal_to_pass_on(status));
    made.stopped = steady::now() - begin;
    if (is_read) {
        into.push_back(std::move(made));
    }
    return 0;
}

}  // namespace

bool stack_copy::read(std::uint64_t address, std::uint64_t& into) const noexcept {
    if (address < start || address - start + sizeof into > bytes.size()) {
        return false;
    }
    std::memcpy(&into, bytes.data() + (address - start), sizeof into);
    return true;
}

stack_copies copy_stacks(std::span<const int> threads) {
    stack_copies made;
    // Whoever is traced is traced by a thread, and let go of at its end, whatever happened.
    std::thread tracer([&] {
        for (const int thread : threads) {
            const int error = copy_one(thread, made.all);
            if (error != 0 && error != ESRCH) {
                made.refused = error;
            }
        }
    });
    tracer.join();
    return made;
}

bool read_memory(int pid, std::uint64_t address, std::uint64_t& into) noexcept {
    iovec local{&into, sizeof into};
    iovec remote{reinterpret_cast<void*>(address), sizeof into};  // NOLINT: of another process
    return ::process_vm_readv(pid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(sizeof into);
}

}  // namespace lastcall::sys
