// A text as a descriptor that nobody can change any more: memfd_create(2) with its seals.
// It crosses exec(2), and travels with a message as large as it likes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Close-on-exec. Empty and errno: no memory, no descriptors.
[[nodiscard]] unique_fd seal_text(std::string_view text) noexcept;

/// What is in it. Unset: it is not a memfd whose size and contents are sealed, is larger
/// than `most`, or cannot be read.
[[nodiscard]] std::optional<std::string> read_sealed(int fd, std::size_t most);

/// A memfd that can be written, for a program to put its last words into; close-on-exec.
[[nodiscard]] unique_fd scratch_file() noexcept;

/// All that is in a file, `most` bytes of it at most, from its beginning.
[[nodiscard]] std::string read_file(int fd, std::size_t most);

}  // namespace lastcall::sys
