// An HTTP/2 server with a fault, for tests: each connection has a thread that does what the
// fault says, and notes what its client must have seen.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "drill/load/tls_peer.hpp"
#include "drill/record/outcome.hpp"

namespace lastcall::drill {

enum class h2_fault : std::uint8_t {
    none,             ///< at stop(): two-phase GOAWAY, every stream answered, FIN
    one_goaway,       ///< at stop(): GOAWAY with the highest stream read; all answered; FIN
    no_goaway,        ///< at stop(): FIN
    reset,            ///< at stop(): RST
    loses_promised,   ///< at stop(): GOAWAY with the highest stream, then RST_STREAM for all
    refuses_streams,  ///< at stop(): RST_STREAM with REFUSED_STREAM for all, GOAWAY, FIN
    goaway_error,     ///< at stop(): GOAWAY with INTERNAL_ERROR, FIN
    goaway_too_low,   ///< at stop(): GOAWAY with stream 0: nothing was processed; FIN
    never_answers,
};

class h2_server {
public:
    /// Answers each request `takes` after it was read.
    /// `certificate`  null: prior knowledge
    h2_server(h2_fault what, std::chrono::milliseconds takes,
              const test_certificate* certificate = nullptr);
    h2_server(const h2_server&) = delete;
    h2_server& operator=(const h2_server&) = delete;
    ~h2_server();

    [[nodiscard]] const sys::endpoint& at() const { return peer_->at(); }
    /// Carries the fault out, on every connection.
    void stop() { stopping_ = true; }
    /// Requests that were read, and not answered yet.
    [[nodiscard]] int waiting() const { return waiting_; }
    [[nodiscard]] int connections() const { return connections_; }
    /// What became of every request that was read.
    [[nodiscard]] std::map<outcome, std::uint64_t> books() const;

private:
    class connection;
    void note(outcome one, int count = 1);

    const h2_fault what_;
    const std::chrono::milliseconds takes_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> ended_{false};  // the test is over
    std::atomic<int> waiting_{0};
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::map<outcome, std::uint64_t> books_;
    std::vector<std::thread> threads_;
    std::unique_ptr<peer> peer_;
};

}  // namespace lastcall::drill
