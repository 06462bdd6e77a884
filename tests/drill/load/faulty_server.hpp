// A server that breaks on purpose, and keeps its own books: for every request that it reads
// it notes what its client must have seen. The client's counts have to equal them exactly.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "drill/record/outcome.hpp"
#include "sys/fd.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {

/// What happens to every third request; the others are answered well. A WebSocket is served
/// well by a server without a fault.
enum class fault : std::uint8_t {
    none,
    announced_close,
    status_503,  ///< without a word about when to come back
    shed_503,    ///< with Retry-After
    status_500,
    reset_before,
    fin_before,
    cut_head_by_fin,
    cut_head_by_reset,
    cut_length_by_fin,
    cut_length_by_reset,
    cut_chunk_by_fin,
    cut_chunk_by_reset,
    cut_before_last_chunk,
    hang,
    hang_in_body,
    garbage,
    close_then_reset,  ///< a whole answer that announces the end, and then a RST
    idle_close,        ///< a whole answer, and then a FIN that was not announced: legal
    idle_reset,        ///< the same with a RST
    surplus,           ///< a whole answer, followed by bytes that nobody asked for
    ws_no_close,       ///< WebSocket: echoes one message, then FIN
    ws_1001,           ///< WebSocket: echoes one message, then close 1001
    ws_1011,           ///< WebSocket: echoes one message, then close 1011
    ws_bad_proof,      ///< WebSocket: 101 with a wrong Sec-WebSocket-Accept
};

class faulty_server {
public:
    explicit faulty_server(fault what);
    faulty_server(const faulty_server&) = delete;
    faulty_server& operator=(const faulty_server&) = delete;
    ~faulty_server();

    [[nodiscard]] const sys::endpoint& at() const noexcept { return at_; }

    /// What the clients must have seen.
    [[nodiscard]] std::map<outcome, std::uint64_t> books() const;

    /// From now on: answers carry `Connection: close`, and nobody is accepted.
    void announce_close() noexcept { announcing_ = true; }

    /// Lets GET /held and GET /stream go on, which answer only then.
    void release();
    /// What GET /ready says.
    void become_ready(bool ready) noexcept { ready_ = ready; }
    /// The bodies of all requests that had one.
    [[nodiscard]] std::vector<std::string> bodies() const;

    /// Sends a FIN on every connection, whatever is going on there.
    void cut_all();

private:
    void accept_all();
    void serve(int fd);
    bool answer(int fd, const std::string& request);
    bool answer_route(int fd, const std::string& request);
    bool misbehave(int fd);
    void websocket(int fd, const std::string& request);
    void echo_all(int fd);
    void note(outcome seen, std::uint64_t times = 1);

    const fault fault_;
    sys::endpoint at_;
    sys::unique_fd listener_;
    std::atomic<bool> announcing_{false};
    std::atomic<bool> ready_{true};
    std::atomic<unsigned> requests_{0};
    mutable std::mutex mutex_;
    std::map<outcome, std::uint64_t> books_;  // guarded by mutex_
    std::condition_variable released_;
    bool is_released_ = false;          // guarded by mutex_
    std::vector<std::string> bodies_;   // guarded by mutex_
    std::vector<int> connections_;      // guarded by mutex_
    std::vector<std::thread> threads_;  // guarded by mutex_
    std::thread acceptor_;
};

}  // namespace lastcall::drill
