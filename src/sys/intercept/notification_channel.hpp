// The system calls of other processes that wait for our answer: seccomp_unotify(2).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

struct waiting_call {
    std::uint64_t id = 0;
    int thread = 0;  ///< 0: it lives outside of our PID namespace
    int number = 0;
    std::array<std::uint64_t, 6> arguments{};

    /// An argument that is an int: only the lower half of the register counts.
    [[nodiscard]] int as_int(std::size_t index) const noexcept {
        return static_cast<int>(arguments[index]);
    }
};

/// Each call is answered once, by pass() or answer(). None of these functions blocks: a caller
/// that is killed, or whose call was interrupted, is an ordinary outcome.
class notification_channel {
public:
    /// Errors: std::system_error when the kernel does not tell the sizes of its messages.
    explicit notification_channel(unique_fd listener);

    [[nodiscard]] int fd() const noexcept { return listener_.get(); }

    enum class outcome : std::uint8_t {
        call,
        none,
        gone,  ///< nobody is under the filter any more
    };
    /// The next that waits.
    outcome next(waiting_call& into) noexcept;

    /// Whether the caller still waits; what was read of it before is its own only then.
    [[nodiscard]] bool is_waiting(std::uint64_t id) const noexcept;

    /// Lets the call happen.
    void pass(std::uint64_t id) noexcept;
    /// Ends the call without its happening: `error` 0 is success.
    /// Returns: whether the caller got it.
    bool answer(std::uint64_t id, int error) noexcept;

    /// Puts `own` where `theirs` was among the caller's descriptors; what was there is closed.
    /// Returns: 0 or errno (ENOENT, ESRCH: the caller no longer waits).
    int replace(std::uint64_t id, int own, int theirs, bool closes_on_exec) noexcept;

private:
    unique_fd listener_;
    /// The kernel's structures may be longer than those that we were built with.
    std::vector<std::uint64_t> request_;
    std::vector<std::uint64_t> response_;
};

}  // namespace lastcall::sys
