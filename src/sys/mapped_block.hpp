// Memory straight from the kernel, for what is too large or too rare for a fixed array.
#pragma once

#include <cstddef>

namespace lastcall::sys {

/// Zeroed memory that is given back at its end; it takes room only where it is touched.
class mapped_block {
public:
    mapped_block() noexcept = default;
    mapped_block(const mapped_block&) = delete;
    mapped_block& operator=(const mapped_block&) = delete;
    ~mapped_block() { release(); }

    /// mmap(2). Gives back what it had before.
    /// Returns: 0, or errno.
    int map(std::size_t bytes) noexcept;
    void release() noexcept;

    [[nodiscard]] void* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace lastcall::sys
