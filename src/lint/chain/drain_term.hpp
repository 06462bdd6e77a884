// D of a digest, where the command line of its program says it.
#pragma once

#include <functional>
#include <optional>

#include "lint/chain/budget_digest.hpp"
#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

/// The longest of the times that its options name. Unset: they name none.
/// `lines`  of the file that the chain begins in
/// `keep`   makes what is kept of a place in that file
[[nodiscard]] std::optional<budget_term> drain_term(const launch_chain& chain,
                                                    const line_index& lines,
                                                    const std::function<kept_place(place)>& keep);

}  // namespace lastcall::lint
