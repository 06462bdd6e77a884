// The socket at which a process can be asked how it is: an abstract unix(7) address that
// whoever knows the process id finds in /proc. One request, one answer, each one packet.
//
// It never blocks and allocates nothing once it is open, so that the thread which serves it
// answers whatever the rest of the process does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

class status_socket {
public:
    /// Writes the answer to `request` somewhere, and returns it; empty: no answer, the
    /// connection is closed. Must neither block nor throw.
    using answerer = std::function<std::string_view(std::string_view request)>;

    /// Listens at "@lastcall/PID/RANDOM", PID as the process's own PID namespace numbers it.
    /// A child made by fork does not answer in its parent's name: its copy closes.
    /// Errors: std::system_error.
    explicit status_socket(answerer answer);
    status_socket(const status_socket&) = delete;
    status_socket& operator=(const status_socket&) = delete;
    ~status_socket();

    /// Readable while somebody waits for `serve`.
    [[nodiscard]] int fd() const noexcept { return events_.get(); }

    /// Answers who has asked, and closes. Peers of another user than this process's own
    /// and root are closed unanswered. The work of one call is bounded.
    /// Threads: one.
    void serve() noexcept;

private:
    static constexpr std::size_t waiting_clients = 16;
    struct waiting {
        unique_fd fd;
        std::uint64_t number = 0;  ///< in order of their arrival
    };
    static constexpr std::size_t largest_request = 256;

    void admit() noexcept;
    [[nodiscard]] std::size_t free_or_oldest() const noexcept;
    unique_fd accept_one() noexcept;
    void attend(std::size_t slot) noexcept;
    void forget_in_child() noexcept;

    answerer answer_;
    unique_fd listener_;
    unique_fd events_;
    unique_fd spare_;
    /// Connected, and have not asked yet. One more makes the oldest give way.
    std::array<waiting, waiting_clients> clients_;
    std::uint64_t admitted_ = 0;
};

}  // namespace lastcall::sys
