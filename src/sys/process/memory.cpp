#include "sys/process/memory.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace lastcall::sys {

void* reserve_zeroed(std::size_t bytes, const char* purpose) {
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::system_error(
            errno, std::generic_category(),
            "cannot reserve " + std::to_string(bytes) + " bytes of address space for " + purpose);
    }
    return memory;
}

}  // namespace lastcall::sys
