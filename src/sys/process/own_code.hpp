// The pages of our own program and libraries that are mapped.
#pragma once

#include <cstddef>

namespace lastcall::sys {

/// Unmaps every page of code and constants that was mapped so far, of the program and of its
/// libraries; what is used again is mapped again, from the page cache as a rule. The kernel maps
/// sixteen pages around each that is used, so a program that has done much once keeps most of
/// itself resident for good. Nothing that was written is touched. madvise(2), MADV_DONTNEED.
/// Returns: bytes of address space that this was said of. Threads: any, at any time.
std::size_t forget_mapped_code() noexcept;

}  // namespace lastcall::sys
