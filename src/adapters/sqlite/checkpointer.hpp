// Folds the write-ahead log back into the database: when it has grown, so that it stays short, and
// while the service drains, so that the close, which everybody waits for, finds little left to do.
//
// Always under the write lock. A checkpoint without it, such as SQLite makes after a commit by
// itself, may take a log that another connection has begun anew meanwhile for the one it knew, and
// mark transactions as folded back that are not: they are lost (sqlite.org/wal.html, "The WAL-Reset
// Bug", 3.7.0 to 3.51.2). Two generations of a service that write to one file meet it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

struct sqlite3;

namespace lastcall::detail {

/// A log of so many pages is folded back before the next transaction: SQLite's own figure.
inline constexpr int pages_before_fold = 1'000;

class sqlite_checkpointer {
public:
    explicit sqlite_checkpointer(std::string file) : file_(std::move(file)) {}
    sqlite_checkpointer(const sqlite_checkpointer&) = delete;
    sqlite_checkpointer& operator=(const sqlite_checkpointer&) = delete;

    /// Folds back what no reader needs, for a caller that holds the write lock and has not
    /// written yet. Waits for nobody.
    /// Returns: SQLite's result code. Threads: any. Blocks: on the disk.
    int fold() noexcept;

    /// Does so again and again from now on, whenever nobody writes. Started once; what goes
    /// wrong is left to the close, which reports it. Threads: any.
    void begin() noexcept;

    /// Ends that, and closes the connections; `begin` does nothing from then on.
    /// Blocks: up to one pass over the log.
    void end() noexcept;

private:
    struct closer {
        void operator()(sqlite3* db) const noexcept;
    };
    using connection = std::unique_ptr<sqlite3, closer>;

    [[nodiscard]] connection connect() const noexcept;
    void run(const std::stop_token& over);

    const std::string file_;
    std::mutex folding_;
    connection folder_;  ///< under folding_; made by the first fold

    std::mutex mutex_;
    bool is_over_ = false;
    std::condition_variable_any changed_;
    std::jthread thread_;
};

}  // namespace lastcall::detail
