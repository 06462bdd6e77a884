#include "sys/process/memory_use.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

// ld(1) defines them: where the program's image begins, and where its code ends.
extern "C" const char __executable_start;  // NOLINT(bugprone-reserved-identifier)
extern "C" const char etext;

namespace lastcall::sys {

void release_startup_code() noexcept {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(&__executable_start) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(&etext) / page * page;
    if (end > begin) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
}

}  // namespace lastcall::sys
