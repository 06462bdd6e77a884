// The files below some paths, one after the other, each once, in the order of their names.
//
// Only the names of the folders on the way to a file are kept, so that a tree of any size takes the
// same memory. Symbolic links that are met on the way are not followed: what they lead to is looked
// at where it lies, and no walk goes in circles. A path that was asked for is followed.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace lastcall::lint {

struct walk_events {
    /// A regular file, by its path as it was given and found.
    std::function<void(const std::filesystem::path&)> file;
    /// What could not be looked at: the path, and why.
    std::function<void(const std::filesystem::path&, const std::string&)> unreadable;
};

/// Folders of version controls and of others' work are passed over, unless asked for.
void walk(std::span<const std::filesystem::path> paths, const walk_events& tell);

}  // namespace lastcall::lint
