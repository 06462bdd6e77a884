// Memory barriers that one thread issues on behalf of all others.
#pragma once

#include <atomic>

namespace lastcall::sys {

/// Registers the process for `barrier_all_threads`.
///
/// Returns:  false when the kernel or a seccomp filter refuses membarrier(2); then
///           every thread has to fence for itself.
bool register_barrier() noexcept;

/// Orders memory of every running thread of this process, as if each had executed
/// a full fence between this call's begin and end.
///
/// membarrier(2), MEMBARRIER_CMD_PRIVATE_EXPEDITED. If a filter that was installed
/// after the registration refuses it, a page is made read-only: the kernel then
/// interrupts every processor that runs this process.
void barrier_all_threads() noexcept;

/// A full fence of the calling thread. ThreadSanitizer does not know fences; it
/// gets a locked instruction instead.
inline void full_fence() noexcept {
#if defined(__SANITIZE_THREAD__)
    static std::atomic<int> word{0};
    word.fetch_add(1, std::memory_order_seq_cst);
#else
    std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace lastcall::sys
