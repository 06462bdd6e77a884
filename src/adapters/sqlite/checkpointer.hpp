// Folds the write-ahead log back while the service drains, so that the close, which
// everybody waits for, finds little left to write.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace lastcall::detail {

class sqlite_checkpointer {
public:
    explicit sqlite_checkpointer(std::string file) : file_(std::move(file)) {}
    sqlite_checkpointer(const sqlite_checkpointer&) = delete;
    sqlite_checkpointer& operator=(const sqlite_checkpointer&) = delete;

    /// Starts, once. What goes wrong is left to the close, which reports it.
    /// Threads: any.
    void begin() noexcept;

    /// Ends it and closes its connection; `begin` does nothing from then on.
    /// Blocks: up to one pass over the log.
    void end() noexcept;

private:
    void run(const std::stop_token& over);

    std::string file_;
    std::mutex mutex_;
    bool is_over_ = false;
    std::condition_variable_any changed_;
    std::jthread thread_;
};

}  // namespace lastcall::detail
