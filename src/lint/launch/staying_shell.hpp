// Whether a shell is still in front of the program while that one runs.
#pragma once

#include "lint/dockerfile/base_images.hpp"
#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

/// Who reads the script when a program of this name does; `known` is what `sh` is in the image.
[[nodiscard]] shell_kind shell_kind_of(std::string_view program, const base_image* known);

/// The end of the hop's script in which its shell stays. Null: it never does, or it is no shell.
/// A bash becomes the last command behind -c by itself.
/// Lifetime: the hop's.
[[nodiscard]] const script_end* staying_end(const launch_hop& hop, const base_image* known);

}  // namespace lastcall::lint
