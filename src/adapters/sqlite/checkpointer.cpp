#include "adapters/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <system_error>

namespace lastcall::detail {
namespace {

// Often enough that little is left, seldom enough that commits are not disturbed.
constexpr std::chrono::milliseconds pause{20};

}  // namespace

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
}

void sqlite_checkpointer::run(const std::stop_token& over) {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(file_.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(raw, sqlite3_close);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (opened == SQLITE_OK && !over.stop_requested()) {
        // PASSIVE waits for nobody: it folds back what no reader and no writer needs.
        sqlite3_wal_checkpoint_v2(db.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        changed_.wait_for(lock, over, pause, [] { return false; });
    }
}

}  // namespace lastcall::detail
