#include "adapters/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <system_error>

namespace lastcall::detail {
namespace {

using clock = std::chrono::steady_clock;

// Often enough that little is left.
constexpr std::chrono::milliseconds least_pause{20};
// So many times as long as a pass took is left to those who write.
constexpr int share_of_writers = 4;

int run_sql(sqlite3* db, const char* sql) noexcept {
    return sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
}

}  // namespace

void sqlite_checkpointer::closer::operator()(sqlite3* db) const noexcept { sqlite3_close(db); }

sqlite_checkpointer::connection sqlite_checkpointer::connect() const noexcept {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(file_.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    connection made(raw);
    // A connection that has read nothing yet takes the file for one without a log, and folds
    // nothing back.
    if (opened != SQLITE_OK || run_sql(raw, "PRAGMA schema_version") != SQLITE_OK) {
        made.reset();
    }
    return made;
}

int sqlite_checkpointer::fold() noexcept {
    const std::lock_guard lock(folding_);
    if (!folder_) {
        folder_ = connect();
    }
    return folder_ ? sqlite3_wal_checkpoint_v2(folder_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               nullptr, nullptr)
                   : SQLITE_CANTOPEN;
}

void sqlite_checkpointer::begin() noexcept {
    const std::lock_guard lock(mutex_);
    if (is_over_ || thread_.joinable()) {
        return;
    }
    try {
        thread_ = std::jthread([this](const std::stop_token& over) { run(over); });
    } catch (const std::system_error&) {
        // No thread to be had: the close does all of it.
    }
}

void sqlite_checkpointer::end() noexcept {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
    const std::lock_guard lock(folding_);
    folder_.reset();
}

void sqlite_checkpointer::run(const std::stop_token& over) {
    const connection holder = connect();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (holder && !over.stop_requested()) {
        const auto start = clock::now();
        if (run_sql(holder.get(), "BEGIN IMMEDIATE") == SQLITE_OK) {
            fold();
            run_sql(holder.get(), "ROLLBACK");
        }
        const auto pause =
            std::max<clock::duration>(least_pause, share_of_writers * (clock::now() - start));
        changed_.wait_for(lock, over, pause, [] { return false; });
    }
}

}  // namespace lastcall::detail
