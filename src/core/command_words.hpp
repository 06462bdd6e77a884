// A command as words, where there is no shell to read it.
#pragma once

#include <cstddef>
#include <span>

namespace lastcall::core {

/// Splits `text` at its blanks, in place. No quotes, no variables: they are a shell's.
/// `words` is filled up to its last place but one, and ends with a null pointer.
/// Returns: how many words there are; those for which there was no room count too.
std::size_t split_words(char* text, std::span<char*> words) noexcept;

}  // namespace lastcall::core
