// Asks another process how it is, at the socket that sys/socket/status_socket.hpp opens there.
// Without heap and without exceptions: the keeper does it while it reports what blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lastcall::sys {

enum class status_outcome : std::uint8_t {
    answered,
    no_socket,        ///< the process has none, or is gone
    other_namespace,  ///< it lives in another network namespace, which may not be entered
    not_admitted,     ///< it closed the connection: another user, or another protocol
    no_answer,        ///< not until the deadline: stopped, frozen, or in the kernel
    failed,           ///< a system call failed that cannot fail for these reasons
};

/// "" for `answered`, otherwise why there is no answer, as half a sentence.
[[nodiscard]] std::string_view to_string(status_outcome value) noexcept;

struct status_answer {
    status_outcome outcome = status_outcome::failed;
    std::size_t size = 0;  ///< bytes of the answer
};

/// Finds the socket of process `pid`, sends `request` and receives one packet into `answer`.
/// That the process itself answers, and not another under its address, is checked with
/// SO_PEERCRED.
///
/// `until`  on CLOCK_MONOTONIC.
/// Blocks:  until then at most, and for the reading of two files in /proc.
[[nodiscard]] status_answer ask_status(int pid, std::string_view request, std::span<char> answer,
                                       std::chrono::nanoseconds until) noexcept;

}  // namespace lastcall::sys
