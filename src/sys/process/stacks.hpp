// Stacks of other threads of this process, for explanations of last resort: no
// allocation, no lock, and a limit on everything.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <span>

namespace lastcall::sys {

/// Prepares: picks a real-time signal nobody handles and installs the handler that
/// writes a stack down; remembers which modules are loaded.
/// Returns: false when every real-time signal is taken; stacks are then not to be had.
bool prepare_stacks();

/// Return addresses of the thread `id`, innermost first.
///
/// The thread is interrupted by the signal, so system calls it sleeps in are restarted
/// where the kernel does that (signal(7)).
/// Returns: how many addresses; 0 when it did not answer in time: it blocks all
///          signals, sleeps uninterruptibly, or has ended.
/// Threads: one at a time. Blocks: up to `patience`.
std::size_t capture_stack(int id, std::span<void*> frames,
                          std::chrono::milliseconds patience) noexcept;

/// Where the thread sleeps in the kernel, from /proc: "state S, in futex_do_wait". Writes
/// into `text`, ends it with 0.
void describe_thread(int id, std::span<char> text) noexcept;

/// "function+0x1f (orders)" for an address; the name as the linker wrote it, demangled.
void describe_address(void* address, std::span<char> text) noexcept;

}  // namespace lastcall::sys
