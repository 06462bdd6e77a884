// Which files belong to one project, in a tree with many of them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/chain/budget_digest.hpp"

namespace lastcall::lint {

/// "/a/b" of "/a/b/c"; of what has no folder: empty.
[[nodiscard]] std::string_view folder_of(std::string_view path) noexcept;

/// Whether the path is the folder, or below it.
[[nodiscard]] bool is_below(std::string_view path, std::string_view folder) noexcept;

/// Two files are of one project when, from the folder that both are in, neither of the ways to them
/// leads into a project of its own: on the way to the manifest there is no image, and on the way to
/// the image no pod. A compose file or a unit beside the Dockerfile is another way to run it.
///
///     k8s/web.yaml    web/Dockerfile            one project
///     a/k8s/web.yaml  a/api/Dockerfile          a/k8s/web.yaml is not about b/web
///                     b/web/Dockerfile
class projects {
public:
    explicit projects(std::span<const budget_digest> all);

    [[nodiscard]] bool is_one(const budget_digest& container, const budget_digest& image) const;

private:
    std::vector<std::string_view> images_;  // their folders, in order
    std::vector<std::string_view> pods_;    // the folders of their manifests, likewise
};

}  // namespace lastcall::lint
