// Registers and stack of a thread of another process, copied while it was stopped for that.
//
// The thread is seized (ptrace(2), PTRACE_SEIZE), and so gets no SIGSTOP, which would stop the
// whole process if we ended before it was taken back. What is not let go of by us is let go of by
// the kernel: when the tracer ends, the thread goes on.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lastcall::sys {

struct stack_copy {
    int thread = 0;
    std::vector<std::uint64_t> registers;  ///< as DWARF numbers them, from 0
    std::uint64_t pc = 0;
    std::uint64_t start = 0;  ///< the address of the first byte of `bytes`
    std::string bytes;
    std::chrono::nanoseconds stopped{0};  ///< for so long it was

    /// The word at `address`. Returns: false when it was not copied.
    [[nodiscard]] bool read(std::uint64_t address, std::uint64_t& into) const noexcept;
};

struct stack_copies {
    std::vector<stack_copy> all;
    int refused = 0;  ///< errno: some may not be traced; 0: none
};

/// Copies the stacks of these threads, one after the other; the innermost 256 KiB of each. What
/// does not stop within 50 ms is left out.
/// Threads: any; the tracer is one of its own, which has ended on return.
[[nodiscard]] stack_copies copy_stacks(std::span<const int> threads);

/// A word of the memory of a process as it is now. Returns: false when it may not be read.
[[nodiscard]] bool read_memory(int pid, std::uint64_t address, std::uint64_t& into) noexcept;

}  // namespace lastcall::sys
