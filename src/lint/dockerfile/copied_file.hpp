// Which file of the build context is found at a path of an image.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lint/dockerfile/docker_image.hpp"

namespace lastcall::lint {

/// Where a file of the image may come from.
struct copied_file {
    const docker_copy* by = nullptr;
    std::string path;                         ///< in the context, "bin/start.sh"; empty: heredoc
    const docker_heredoc* heredoc = nullptr;  ///< its content stands in the Dockerfile
};

/// Candidates, the likeliest first: only the context tells whether a source is a file or a folder,
/// and an empty result means that the file is made by RUN, is part of the base image, or is
/// fetched. A name without a slash is looked for in the folders of PATH.
/// `stage`  one of `build`
[[nodiscard]] std::vector<copied_file> find_copied(const docker_build& build,
                                                   const docker_stage& stage,
                                                   std::string_view path);

}  // namespace lastcall::lint
