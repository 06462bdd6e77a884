#include "sys/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace lastcall::sys {

void wait_on(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    while (word.load(std::memory_order_seq_cst) == value) {
        // EINTR and EAGAIN both mean: look at the word again.
        ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
    }
}

void wake_all(std::atomic<std::uint32_t>& word) noexcept {
    ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace lastcall::sys
