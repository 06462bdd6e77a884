// What the chain across files wants to know of a Dockerfile.
#pragma once

#include "lint/chain/digest_store.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"

namespace lastcall::lint {

/// `path`  of the Dockerfile. One digest, of its last stage.
void digest_image(const docker_case& given, const std::filesystem::path& path, digest_store& into);

}  // namespace lastcall::lint
