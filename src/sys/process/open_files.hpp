// What a process has open that could outlive it: files by path, and unix sockets that listen
// at one.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

struct open_files {
    std::set<std::string> paths;     ///< regular files that it may write to, not deleted
    std::set<std::string> sockets;   ///< unix sockets with a path, bound
    std::set<std::uint64_t> inodes;  ///< of all its sockets
    std::string folder;              ///< where it runs: its cwd
    std::string temporary;           ///< its TMPDIR; "/tmp" without one
};

/// Reads it; what is gone or may not be read stays empty. Paths are as the process sees them.
[[nodiscard]] open_files files_of(int pid);

/// The names in a folder; empty when it can not be read.
[[nodiscard]] std::set<std::string> names_in(const std::string& folder);

/// Whether anything is at this path.
[[nodiscard]] bool is_there(const std::string& path);

/// Who owns these sockets: pids, each with one of the inodes that it has.
[[nodiscard]] std::vector<std::pair<int, std::uint64_t>> owners_of(
    const std::set<std::uint64_t>& inodes);

/// A copy of a socket, from any process that has it: pidfd_getfd(2). Empty: nobody has it, or
/// whoever does may not be looked at.
[[nodiscard]] unique_fd copy_of_socket(std::uint64_t inode);

}  // namespace lastcall::sys
