// Datagrams between processes of one machine, with descriptors and the sender's identity:
// what sd_notify(3) is made of. unix(7). Without heap and exceptions.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Descriptors that came with a message; closed when they are not taken.
class fd_batch {
public:
    static constexpr std::size_t most = 253;  ///< SCM_MAX_FD: the kernel sends no more

    fd_batch() noexcept = default;
    fd_batch(const fd_batch&) = delete;
    fd_batch& operator=(const fd_batch&) = delete;
    ~fd_batch() { close_all(); }

    void close_all() noexcept;
    /// Owns `fd` from now on; closes it at once when full.
    void add(int fd) noexcept;
    [[nodiscard]] std::span<const int> view() const noexcept { return {fds_.data(), count_}; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    std::array<int, most> fds_;
    std::size_t count_ = 0;
};

/// A socket of our own with an abstract name nobody can guess: no file system is needed.
/// Abstract names belong to a network namespace, and /proc/net/unix lists them, so a
/// message still needs to be judged by its sender.
class datagram_inbox {
public:
    /// Returns: 0, or errno.
    int open() noexcept;
    void close() noexcept { fd_.reset(); }
    /// Goes on with one that another process, or this one before execve(2), has opened.
    /// Returns: 0, or errno; then `fd` is closed.
    int take_over(unique_fd fd) noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// "@lastcall-...", as NOTIFY_SOCKET writes it.
    [[nodiscard]] std::string_view name() const noexcept { return {name_.data(), name_size_}; }

    enum class outcome : unsigned char {
        message,
        none,      ///< nothing is waiting
        too_long,  ///< it did not fit and is cut
        lost_fds,  ///< descriptors that did not fit, or that the limit of open files refused
        failed,    ///< the socket is of no more use
    };
    struct received {
        outcome what = outcome::none;
        std::size_t size = 0;
        int sender = 0;  ///< its process id as seen from here; 0: outside of our PID namespace
    };
    /// Takes one message; never waits. `fds` holds the descriptors that came, whatever the
    /// outcome; those it had before are closed.
    received receive(std::span<char> into, fd_batch& fds) noexcept;

private:
    unique_fd fd_;
    std::array<char, 48> name_{};
    std::size_t name_size_ = 0;
};

/// Where datagrams go: a path, or "@" and an abstract name.
class datagram_outbox {
public:
    enum class kind_of_name : unsigned char { good, vsock, too_long, malformed };
    static kind_of_name judge(std::string_view name) noexcept;

    /// Only for a good address. Returns: 0, or errno; it may be opened again.
    int open(std::string_view name) noexcept;
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    enum class outcome : unsigned char {
        sent,
        full,  ///< the receiver is behind: writable again when it has caught up
        lost,  ///< nobody receives there, or this message cannot be sent at all
    };
    /// Never waits. A receiver that was replaced under the same name is found again.
    outcome send(std::string_view text, std::span<const int> fds = {}) noexcept;

private:
    int connect() noexcept;
    int send_once(std::string_view text, std::span<const int> fds) noexcept;

    unique_fd fd_;
    std::array<char, 110> address_{};  ///< sun_path, and room to see that it is too long
    std::size_t address_size_ = 0;
};

}  // namespace lastcall::sys
