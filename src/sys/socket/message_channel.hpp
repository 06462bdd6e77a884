// Whole messages and descriptors between two processes of one machine, either of which may be
// slow, stuck or gone: unix(7), SOCK_SEQPACKET, SCM_RIGHTS.
//
// Sending never waits: what the socket does not take is queued here, in order, and goes out
// when the descriptor is writable. What is larger than a datagram should be travels in a sealed
// memfd; its datagram is a single NUL, and the memfd is the first of its descriptors. (An empty
// datagram could not be told from the end of the connection.)
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

struct channel_ends {
    unique_fd ours, theirs;  ///< both close-on-exec
};

/// Errors: std::system_error (EMFILE, ENFILE, ENOMEM).
[[nodiscard]] channel_ends make_channel();

class message_channel {
public:
    static constexpr std::size_t largest_datagram = 64U << 10U;
    static constexpr std::size_t largest_message = 16U << 20U;
    static constexpr std::size_t most_queued = 64U << 20U;  ///< bytes; then it counts as broken
    static constexpr std::size_t most_descriptors = 16;     ///< of one message

    message_channel() noexcept = default;
    /// Makes it non-blocking and close-on-exec.
    explicit message_channel(unique_fd socket) noexcept;

    [[nodiscard]] int fd() const noexcept { return socket_.get(); }
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(socket_); }

    /// Sends what it can at once and queues the rest. The descriptors are duplicated.
    /// Returns: false: the other end is gone, does not read, or there are no descriptors left.
    bool send(std::string text, const std::vector<int>& descriptors = {});
    /// When the descriptor is writable. Returns: false: the other end is gone.
    bool flush();
    [[nodiscard]] bool has_queued() const noexcept { return !queue_.empty(); }

    struct received {
        enum class kind : unsigned char {
            message,
            none,       ///< nothing waits
            closed,     ///< the other end is gone
            malformed,  ///< too large, or its memfd is not sealed; it was taken and is lost
        };
        kind what = kind::none;
        std::string text;
        std::vector<unique_fd> descriptors;
    };
    /// Never waits.
    [[nodiscard]] received receive();

    void close() noexcept;
    /// What is queued is lost.
    unique_fd release() noexcept {
        queue_.clear();
        return std::move(socket_);
    }

private:
    struct outgoing {
        std::string text;
        std::vector<unique_fd> descriptors;
    };
    enum class sent : unsigned char { done, full, gone };
    [[nodiscard]] sent send_now(const outgoing& what) const noexcept;

    unique_fd socket_;
    std::deque<outgoing> queue_;
    std::size_t queued_ = 0;
};

}  // namespace lastcall::sys
