// One connection: sends a command, waits for its reply, is cut by an event.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <lastcall/redis.hpp>

#include "adapters/redis/endpoint.hpp"
#include "adapters/redis/sys_socket.hpp"
#include "adapters/redis/tls.hpp"
#include "sys/fd.hpp"

struct redisReader;

namespace lastcall::redis {

struct reader_deleter {
    void operator()(redisReader* reader) const noexcept;
};

struct timeouts {
    std::chrono::milliseconds connect;
    std::chrono::milliseconds command;
};

/// Threads:  one at a time; setting the event behind `cut_fd` is any thread's.
class connection {
public:
    /// `cut_fd`  an eventfd that outlives it; once set, every call throws `closed`.
    connection(const endpoint& to, timeouts limits, int cut_fd) noexcept
        : to_(&to), limits_(limits), cut_fd_(cut_fd) {}

    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(fd_); }

    /// Open, and with nothing unread: an idle connection that the server closed is not.
    [[nodiscard]] bool is_usable() const noexcept { return fd_ && is_quiet(fd_.get()); }

    /// Connects, logs in and selects the database; replaces what was there.
    /// Errors:   redis_error: unreachable, closed.
    void open();

    /// Errors:   redis_error. After `lost`, `timeout` and `closed` it is not open.
    redis_reply run(std::span<const redis_word> words, std::chrono::milliseconds limit);
    redis_reply run(std::span<const redis_word> words) { return run(words, limits_.command); }

    /// Says QUIT and waits for the answer until `until` at most.
    void quit(time_point until) noexcept;

    void drop() noexcept;

private:
    void log_in(time_point until);
    redis_reply exchange(std::span<const redis_word> words, time_point until);
    io send(std::string_view bytes, time_point until);
    io receive(std::span<char> into, std::size_t& received, time_point until);
    [[noreturn]] void lose(io why, const char* doing);

    const endpoint* to_;
    timeouts limits_;
    int cut_fd_;
    sys::unique_fd fd_;
    std::optional<tls_session> tls_;  ///< on fd_, when the endpoint wants it
    std::unique_ptr<redisReader, reader_deleter> reader_;
};

}  // namespace lastcall::redis
