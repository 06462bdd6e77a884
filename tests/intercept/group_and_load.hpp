// Sockets in one SO_REUSEPORT group, as a keeper holds them, and load on them.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::testing {

inline constexpr std::chrono::seconds ceiling{30};

/// Looks again and again until `condition` holds. Returns: whether it did before the ceiling.
bool eventually(const std::function<bool()>& condition);

/// The sockets of one address, one for each generation, and which of them gets what is new.
class steered_group {
public:
    /// `host`  "127.0.0.1", "0.0.0.0", "::1", "::"
    /// `port`  0: of the kernel's choice
    explicit steered_group(std::string host, bool is_only_ip6 = false, std::uint16_t port = 0);

    /// Opens one more. Returns: its descriptor; the group owns it.
    int open();
    /// All new connections go to the socket number `index`.
    void steer(std::uint32_t index);
    [[nodiscard]] int at(std::size_t index) const { return sockets_[index].get(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string port_text() const { return std::to_string(port_); }
    [[nodiscard]] const std::string& host() const { return host_; }

private:
    std::string host_;
    bool is_only_ip6_ = false;
    std::uint16_t port_ = 0;
    std::vector<sys::unique_fd> sockets_;
};

std::uint64_t inode_of(int fd);
bool is_listening(int fd);
int accept_queue(int fd);
int backlog(int fd);

/// One request over a connection of its own. Returns: the body; else why there is none:
/// "refused", "reset", "cut", "timeout".
struct reply {
    bool is_answered = false;
    std::string text;
};
reply get(const std::string& host, std::uint16_t port);
reply get_unix(const std::string& path);

/// Requests on fresh connections, one after the other in each of four threads.
class load {
public:
    explicit load(std::function<reply()> ask);
    ~load() { (void)stop(); }
    /// Waits until every thread has made `count` requests more, from the first to the last.
    bool wait_for_more(std::uint64_t count);
    struct result {
        std::uint64_t answered = 0;
        std::vector<std::string> failures;
    };
    result stop();

private:
    static constexpr std::size_t clients = 4;
    std::function<reply()> ask_;
    std::atomic<bool> is_over_{false};
    std::array<std::atomic<std::uint64_t>, clients> done_{};
    std::mutex mutex_;
    std::vector<std::string> failures_;
    std::vector<std::thread> threads_;
};

}  // namespace lastcall::testing
