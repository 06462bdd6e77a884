// Which digests are of the same service. Pure.
//
// What is not said is not joined: an image and the container that runs it by the name that a build
// gives it or, where no build is there, by the name of the only folder of its project that is
// called so; an image and a configuration when it takes that file in, and its program is the one
// that reads it; a front and a container by the name that the front sends to.
#pragma once

#include <span>
#include <vector>

#include "lint/chain/budget_digest.hpp"

namespace lastcall::lint {

/// Null: there is none, or it is not clear which.
struct joined_budget {
    const budget_digest* container = nullptr;
    const budget_digest* image = nullptr;
    const budget_digest* configuration = nullptr;
    const budget_digest* build = nullptr;  ///< by which the image was found; null: by its name
    /// Its K is the default, and another file sets it for a workload of that name.
    bool has_other_grace = false;
    std::vector<const budget_digest*> commands;
    std::vector<const budget_digest*> fronts;  ///< what sends to the container

    /// That an image is what a folder of its name makes is likely, and nothing says it.
    [[nodiscard]] bool is_by_name() const noexcept {
        return container != nullptr && image != nullptr && container->folder.empty() &&
               build == nullptr;
    }
};

/// One for each container, and one for each image that none runs.
/// Lifetime: `all` has to outlive what is returned.
[[nodiscard]] std::vector<joined_budget> join_digests(std::span<const budget_digest> all);

}  // namespace lastcall::lint
