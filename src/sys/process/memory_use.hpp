// How much memory this program keeps resident.
#pragma once

namespace lastcall::sys {

/// Unmaps the pages of this program's own code and constants, most of which only its start
/// needed; what is used again comes back from the page cache at its next use, with a minor
/// fault. madvise(2), MADV_DONTNEED on a private file mapping that was never written.
void release_startup_code() noexcept;

}  // namespace lastcall::sys
