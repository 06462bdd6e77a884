// Mends files: puts what findings want to have instead into their bytes, and changes nothing else.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "lint/engine/finding.hpp"

namespace lastcall::lint {

/// The text with the edits of all findings that are not accepted; those that are done are marked
/// (finding::is_fixed). Of two that overlap the one that begins first is done: the other is found
/// again by the next run, if it still holds.
[[nodiscard]] std::string apply_edits(std::string_view text, std::span<finding> found);

/// Replaces the contents of a file by way of a new one beside it, with the same permissions; what a
/// symbolic link leads to is replaced, not the link.
/// `before`  what was judged: a file that has changed since then is left alone
/// Returns:  why it could not be done; empty when it was. The old contents are there then.
[[nodiscard]] std::string rewrite_file(const std::filesystem::path& file, std::string_view before,
                                       std::string_view after);

}  // namespace lastcall::lint
