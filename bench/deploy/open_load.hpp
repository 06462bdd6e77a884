// Requests at a fixed rate, whatever the server does: each is measured from the moment at which
// it was meant to be sent, so that a server that stands still is seen by all that wait for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "sys/socket/socket_client.hpp"

namespace deploy_bench {

struct reply {
    std::int64_t meant_ns = 0;
    std::int64_t begun_ns = 0;  ///< when its connection was begun
    std::int64_t ended_ns = 0;
    bool is_kept = false;  ///< over a connection that is kept
    /// Its connection was closed while it was idle, and it was sent once more on a new one.
    bool was_raced = false;
    char version = 0;       ///< first character of the answer
    std::string problem{};  ///< none: it was answered with 200

    [[nodiscard]] double took_ms() const noexcept {
        return static_cast<double>(ended_ns - meant_ns) / 1e6;
    }
};

struct rates {
    int kept = 0;   ///< requests in a second over connections that are kept
    int fresh = 0;  ///< each over one of its own
};

class open_load {
public:
    open_load(const lastcall::sys::endpoint& at, const std::string& path, rates wanted);
    open_load(const open_load&) = delete;
    open_load& operator=(const open_load&) = delete;
    ~open_load();

    /// Ends it: what is under way gets five seconds. In the order in which they ended.
    /// Errors: std::runtime_error, when the load could not be made.
    [[nodiscard]] std::vector<reply> finish();

private:
    void run();

    lastcall::sys::endpoint at_;
    std::string path_;
    rates wanted_;
    std::vector<reply> replies_;
    std::string failure_;
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

/// How long requests took, sorted: of those that were meant to be sent in that time.
[[nodiscard]] std::vector<double> times_of(const std::vector<reply>& all, std::int64_t from_ns,
                                           std::int64_t to_ns);

}  // namespace deploy_bench
