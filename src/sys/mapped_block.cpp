#include "sys/mapped_block.hpp"

#include <sys/mman.h>

#include <cerrno>

namespace lastcall::sys {

int mapped_block::map(std::size_t bytes) noexcept {
    release();
    void* const found =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED) {
        return errno;
    }
    data_ = found;
    size_ = bytes;
    return 0;
}

void mapped_block::release() noexcept {
    if (data_ != nullptr) {
        ::munmap(data_, size_);
        data_ = nullptr;
        size_ = 0;
    }
}

}  // namespace lastcall::sys
