// Which thread counts in which lane. A lane index belongs to one live thread, is
// the same in every gate, and is given to another thread after the first has ended.
#pragma once

#include <cstdint>

#include <lastcall/detail/gate_core.hpp>

namespace lastcall::runtime {

/// Gives the calling thread a lane, once; `detail::shared_lane` when all are taken.
/// Never blocks, never allocates.
std::uint32_t claim_lane() noexcept;

/// One more than the highest lane index ever given.
std::uint32_t lanes_in_use() noexcept;

/// The kernel thread id of the caller, cached.
std::uint32_t this_thread_id() noexcept;

/// After fork: the only thread of the child keeps its lane and gets its new id.
void adopt_forked_thread() noexcept;

}  // namespace lastcall::runtime
