// One connection to PostgreSQL, driven without blocking inside libpq, so that a thread
// that waits for the server can be told to stop waiting.
//
// A force sets the transaction's ticket and the connection's event. The thread that
// waits sees the event, gives the server `force_wait` to answer the cancel that the
// canceller sends, and then drops the connection. After a force the connection is not
// used again: a cancel that arrives late then finds no backend, and never hits the next
// transaction. PQcancel goes through a PGcancel that the connection's own thread made,
// because a PGconn may only be touched by one thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <libpq-fe.h>

#include <lastcall/postgres.hpp>

#include "sys/fd.hpp"

namespace lastcall::detail {

// Our own errors as PostgreSQL would number them.
inline constexpr const char* no_connection = "08006";
inline constexpr const char* cannot_connect = "08001";
inline constexpr const char* query_canceled = "57014";

class postgres_result {
public:
    explicit postgres_result(PGresult* owned) noexcept : result_(owned, &PQclear) {}
    [[nodiscard]] PGresult* get() const noexcept { return result_.get(); }

private:
    std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

/// What a transaction and those who force it share.
struct postgres_ticket {
    std::shared_ptr<PGcancel> cancel;  ///< not changed any more once it is forced
    std::atomic<bool> forced{false};
    std::atomic<bool> committing{false};
    std::atomic<bool> ended{false};
};

class postgres_connection {
public:
    /// `options`  with a force wait.
    /// Lifetime: of `options`. Does not connect. Errors: std::system_error (no event).
    explicit postgres_connection(const postgres_options& options);
    postgres_connection(const postgres_connection&) = delete;
    postgres_connection& operator=(const postgres_connection&) = delete;
    ~postgres_connection() { close(); }

    /// Connects when it is not. Errors: postgres_error; it is closed then.
    void open();

    void close() noexcept;

    /// Begins, on a new connection when the old one is found broken.
    ///
    /// `forceable`     whether `force` cancels it. One that is not is short: the server has
    ///                 the acquire timeout for all its answers, and from a force on only
    ///                 the force wait.
    /// `forced_early`  set by whoever forces, before `force`: this one may come too early.
    /// Errors: postgres_error; no transaction is open then.
    void begin(bool forceable, const std::atomic<bool>& forced_early);

    /// Errors: postgres_error.
    std::shared_ptr<const postgres_result> run(std::string_view sql,
                                               std::span<const postgres_param> params);
    void script(const std::string& sql);

    /// Errors: postgres_error, postgres_commit_unknown; the transaction has ended then.
    void commit();
    void rollback() noexcept;

    /// Forces the transaction that runs, if one does that can be.
    /// Returns: its ticket, to cancel it with; null when there is none.
    /// Threads: any. Blocks: never.
    std::shared_ptr<postgres_ticket> force() noexcept;

    /// For a connection that only listens.
    ///
    /// Returns: true when a notification has come; false once `stop_listening` was called.
    /// Errors:  postgres_error: the connection is lost, and closed.
    bool wait_notification();
    /// Waits out a pause. Returns: false when `stop_listening` was called.
    bool pause(std::chrono::milliseconds how_long) noexcept;
    /// Threads: any.
    void stop_listening() noexcept;

private:
    using answer = std::shared_ptr<const postgres_result>;

    void send(const char* sql, std::span<const postgres_param> params, bool single);
    answer receive(const std::string& sql);
    answer ask(const char* sql, std::span<const postgres_param> params, bool single);
    bool wait(bool also_write);
    void begin_on_open_connection();
    void check_forced(std::string_view sql) const;
    void end_transaction() noexcept;
    [[noreturn]] void lose(std::string_view sql);
    [[noreturn]] void throw_last(std::string_view sql, const char* fallback_state);

    const postgres_options& options_;
    sys::unique_fd event_;
    PGconn* connection_ = nullptr;
    std::shared_ptr<PGcancel> cancel_;
    clock::time_point give_up_at_ = clock::time_point::max();  ///< when nobody answers
    bool told_ = false;                                        ///< the event was seen

    std::mutex mutex_;                         ///< so that a force hits the right transaction
    std::shared_ptr<postgres_ticket> ticket_;  ///< of the transaction that runs
    bool forceable_ = false;
};

}  // namespace lastcall::detail
