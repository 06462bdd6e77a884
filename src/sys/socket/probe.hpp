// One look at a service from outside: does the file exist, does the port accept, what does
// it answer. Nothing here waits. Without heap and exceptions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// stat(2) finds it.
bool file_exists(const char* path) noexcept;

/// A numeric address with its port, as the kernel wants it.
struct probe_address {
    alignas(8) std::array<unsigned char, 28> bytes{};
    std::uint32_t size = 0;
};

/// Returns: false when `host` is no numeric address of that family.
bool to_probe_address(std::string_view host, bool is_v6, std::uint16_t port,
                      probe_address& into) noexcept;

/// Whether a TCP socket's two ends are the same address. A connect to a port of this machine
/// in the range of ephemeral ports may be given that very port as its own, and then meets
/// itself, though nobody listens there.
bool is_connected_to_itself(int fd) noexcept;

/// A TCP connection that is tried again and again. `fd` is the same for all tries, so it is
/// watched once, for reading: it is readable whenever something can be done.
class probe_socket {
public:
    /// Returns: 0, or errno.
    int open() noexcept;
    /// Ends the try; `fd` stays.
    void hang_up() noexcept;
    void close() noexcept;
    [[nodiscard]] int fd() const noexcept { return epoll_.get(); }

    enum class progress : unsigned char { done, pending, failed };

    /// Ends the try before, and begins another. done: it is connected already.
    progress begin_connect(const probe_address& to) noexcept;
    /// After `fd` became readable.
    progress connect_result() noexcept;

    struct transfer {
        progress what;  ///< failed: an error, or the end
        std::size_t bytes = 0;
    };
    transfer send(std::string_view text) noexcept;
    /// From now on `fd` is readable when an answer is there.
    void expect_answer() noexcept;
    transfer receive(std::span<char> into) noexcept;

    /// What the last failure was, in words.
    [[nodiscard]] std::string_view failure() const noexcept;

private:
    progress fail(int error) noexcept;
    bool watch(unsigned events, bool is_new) noexcept;

    unique_fd epoll_;
    unique_fd socket_;
    int error_ = 0;
};

}  // namespace lastcall::sys
