// Address space straight from the kernel.
#pragma once

#include <cstddef>

namespace lastcall::sys {

/// `bytes` of zeroed address space that takes memory only where it is touched.
/// mmap(2), MAP_NORESERVE. Lifetime: for ever.
/// Errors:   std::system_error, naming `purpose`.
void* reserve_zeroed(std::size_t bytes, const char* purpose);

}  // namespace lastcall::sys
