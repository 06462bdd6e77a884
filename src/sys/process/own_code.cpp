#include "sys/process/own_code.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace lastcall::sys {
namespace {

/// Relocations are only ever written into segments that are writable in the file; the others
/// are as they are there, and can be read from it again.
int forget_object(dl_phdr_info* object, std::size_t /*size*/, void* sum) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) {
            continue;
        }
        // Whole pages only: the rest of a page can belong to a segment that is writable.
        const auto at = object->dlpi_addr + segment.p_vaddr;
        const auto from = (at + page - 1) & ~(page - 1);
        const auto to = (at + segment.p_memsz) & ~(page - 1);
        if (from < to && ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED) == 0) {
            *static_cast<std::size_t*>(sum) += to - from;
        }
    }
    return 0;
}

}  // namespace

std::size_t forget_mapped_code() noexcept {
    std::size_t sum = 0;
    ::dl_iterate_phdr(forget_object, &sum);
    return sum;
}

}  // namespace lastcall::sys
