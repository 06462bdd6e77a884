// A thread that waits inside a system call for our answer, seen through /proc: what its
// arguments point at, and what its descriptors are.
//
// Everything read is its own only if notification_channel::is_waiting() still holds afterwards:
// else the thread may have ended, and its number may be somebody else's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sys/fd.hpp"
#include "sys/intercept/bind_verdict.hpp"

namespace lastcall::sys {

/// The socket that a program wants to bind.
struct socket_facts {
    socket_flavour flavour = socket_flavour::other;
    bool is_ip6 = false;
    bool is_nonblocking = false;
    bool closes_on_exec = false;
    std::uint64_t inode = 0;
    /// A copy of it; empty where the sandbox forbids pidfd_getfd(2), as Docker's does without
    /// CAP_SYS_PTRACE. Then what follows is not known.
    unique_fd copy;
    std::optional<bool> is_only_ip6;
    std::optional<bool> shares_port;  ///< SO_REUSEPORT
};

/// A name in a folder, by what the folder is, not by how it was reached.
struct folder_entry {
    std::uint64_t device = 0;
    std::uint64_t folder = 0;  ///< its inode
    std::string name;

    friend bool operator==(const folder_entry&, const folder_entry&) = default;
};

/// The entry that a path of ours names; unset when its folder is not there, or the path
/// names none ("..", a trailing slash).
[[nodiscard]] std::optional<folder_entry> entry_of(const std::string& path);

class calling_thread {
public:
    explicit calling_thread(int thread);

    [[nodiscard]] int process() const noexcept { return process_; }
    /// "node (pid 12)".
    [[nodiscard]] std::string text() const;

    /// Returns: 0 or errno (EPERM: we may not look; EFAULT: it is no memory of the process).
    [[nodiscard]] int read_memory(std::uint64_t from, std::span<std::byte> into) const noexcept;
    /// A path that ends with NUL; unset when it can not be read, or has no end.
    [[nodiscard]] std::optional<std::string> read_path(std::uint64_t from) const;

    /// Unset when the descriptor is no socket, or may not be looked at.
    [[nodiscard]] std::optional<socket_facts> socket(int fd) const;
    /// The inode of a socket; 0: it is none.
    [[nodiscard]] std::uint64_t inode_of(int fd) const;
    /// A copy of one of its descriptors; empty where that is forbidden.
    [[nodiscard]] unique_fd take(int fd) const noexcept;

    /// The entry that a path of the thread names: below its root, from its working directory
    /// or from `folder`, a descriptor of its own or AT_FDCWD.
    [[nodiscard]] std::optional<folder_entry> entry(int folder, const std::string& path) const;

    /// Whether it lives in our network namespace. True where that can not be read.
    [[nodiscard]] bool is_in_our_network() const;

private:
    int thread_ = 0;
    int process_ = 0;
};

}  // namespace lastcall::sys
