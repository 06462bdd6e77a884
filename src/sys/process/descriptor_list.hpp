// What a process has open, descriptor by descriptor.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::sys {

enum class descriptor_kind : std::uint8_t { file, socket, pipe, epoll, eventfd, signalfd, other };

struct descriptor {
    int number = -1;
    descriptor_kind kind = descriptor_kind::other;
    std::uint64_t inode = 0;  ///< of a socket or a pipe
    std::string target;       ///< as the link says, unprintables as \xNN
};

struct descriptor_list {
    std::vector<descriptor> all;
    bool is_readable = true;
    bool is_whole = true;  ///< false: there are more than were read

    [[nodiscard]] const descriptor* find(int number) const noexcept;
};

[[nodiscard]] descriptor_list descriptors_of(int pid);

/// Whether `is_meant` holds for the inode of one of its sockets.
[[nodiscard]] bool has_socket_of(int pid, const std::function<bool(std::uint64_t inode)>& is_meant);

/// The same for the first descriptors behind standard error only, where listening sockets usually
/// are. A listing of all would make the kernel prepare each of them: some microseconds for every
/// connection.
[[nodiscard]] bool has_early_socket_of(int pid,
                                       const std::function<bool(std::uint64_t inode)>& is_meant);

/// False: the descriptor is a socket of another protocol, by the name that its file system gives it
/// (the attribute system.sockprotoname; sockfs of the kernel, net/socket.c).
[[nodiscard]] bool may_be_tcp(int pid, int number);

/// A field of /proc/PID/fdinfo/N: "pos:", "sigmask:", "eventfd-count:". Empty: none.
[[nodiscard]] std::string descriptor_field(int pid, int number, std::string_view name);

/// Which descriptors are in this epoll(7) set.
[[nodiscard]] std::vector<int> watched_by(int pid, int epoll);

}  // namespace lastcall::sys
