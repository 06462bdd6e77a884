// What all connections share: the options, the books, and how far the stop has come.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "options.hpp"
#include "stream.hpp"
#include "truth_log.hpp"

namespace faulty {

/// Becomes readable once, for everybody, and stays so.
class signpost {
public:
    signpost();
    signpost(const signpost&) = delete;
    signpost& operator=(const signpost&) = delete;
    ~signpost();
    void raise() noexcept;
    [[nodiscard]] bool is_up() const noexcept { return up_.load(); }
    [[nodiscard]] int descriptor() const noexcept { return fd_; }

private:
    int fd_;
    std::atomic<bool> up_{false};
};

class service {
public:
    /// Errors: std::system_error when a file of the options cannot be opened.
    explicit service(const options& given);

    const options told;
    truth_log truth;
    signpost stopping;    ///< the signal is here: sessions say that it is the end
    signpost idle_ended;  ///< connections without a request are to end
    signpost given_up;    ///< all connections are to end

    /// Whether the fault strikes this request: it is for the target, at the right time, and
    /// the Nth.
    [[nodiscard]] bool strikes(const std::string& method, const std::string& path);
    /// The same for something that is not a request.
    [[nodiscard]] bool strikes_next() { return ++struck_ % told.every == 0; }

    /// Whether answers say that the connection ends behind them.
    [[nodiscard]] bool announces_close() const noexcept {
        return stopping.is_up() && told.what != fault::no_close_announced;
    }
    [[nodiscard]] bool is_ready() const;
    /// When the signal came; now, when there was none.
    [[nodiscard]] moment stop_begun() const;
    void begin_stop();

    void keep_order(const std::string& id);
    /// As JSON: {"orders":[...]}.
    [[nodiscard]] std::string orders() const;

    void connection_begun();
    void connection_ended();
    /// Returns: whether all have ended. Blocks: up to `until`.
    bool wait_for_connections(moment until);
    [[nodiscard]] int connections() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int connections_ = 0;             // guarded by mutex_
    std::multiset<std::string> ids_;  // guarded by mutex_
    moment stop_begun_{};             // guarded by mutex_
    std::atomic<std::uint64_t> struck_{0};
};

}  // namespace faulty
