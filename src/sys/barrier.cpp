#include "sys/barrier.hpp"

#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mutex>

namespace lastcall::sys {
namespace {

bool membarrier(int command) noexcept { return ::syscall(SYS_membarrier, command, 0, 0) == 0; }

// Taking write access away from a touched page makes the kernel flush the TLB of
// every processor that runs this process, which interrupts it: a full fence there.
// True where TLB shoot-down is done by interrupts (x86); the pause covers the
// architectures that broadcast it in hardware.
void barrier_by_page_protection() noexcept {
    static std::mutex one_at_a_time;
    static void* const page =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) {
        const std::lock_guard lock(one_at_a_time);
        ::mprotect(page, 4096, PROT_READ | PROT_WRITE);
        *static_cast<volatile char*>(page) = 1;
        ::mprotect(page, 4096, PROT_READ);
    }
#if !defined(__x86_64__)
    const timespec pause{0, 10'000'000};
    ::nanosleep(&pause, nullptr);
#endif
}

}  // namespace

bool register_barrier() noexcept { return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED); }

void barrier_all_threads() noexcept {
    if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
        return;
    }
    // EPERM: a fork may have left the registration behind.
    if (register_barrier() && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
        return;
    }
    barrier_by_page_protection();
}

}  // namespace lastcall::sys
