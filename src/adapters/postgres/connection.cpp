#include "adapters/postgres/connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/postgres/sys_socket_wait.hpp"
#include "sys/event_fd.hpp"

namespace lastcall::detail {
postgres_connection::postgres_connection(const postgres_options& options)
    : options_(options), event_(sys::make_event()) {}

void postgres_connection::open() {
    if (connection_ != nullptr) {
        return;
    }
    const std::array keys{"dbname", "application_name", static_cast<const char*>(nullptr)};
    const std::array values{options_.conninfo.c_str(), options_.application_name.c_str(),
                            static_cast<const char*>(nullptr)};
    // "dbname" is expanded: it holds the whole connection string.
    connection_ = PQconnectStartParams(keys.data(), values.data(), 1);
    if (connection_ == nullptr) {
        throw std::bad_alloc();
    }
    give_up_at_ = clock::now() + options_.connect_timeout;
    auto state =
        PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) {
            throw_last("connect", cannot_connect);
        }
        // Not `wait`: a connect that is forced is given up at once.
        const auto got = wait_for_socket(PQsocket(connection_), state == PGRES_POLLING_WRITING,
                                         event_.get(), give_up_at_);
        if (got.told || !got.ready) {
            close();
            throw postgres_error(got.told ? query_canceled : cannot_connect,
                                 got.told ? "postgres: forced while it connected"
                                          : "postgres: no connection within " +
                                                std::to_string(options_.connect_timeout.count()) +
                                                " ms; is the server there?",
                                 "connect");
        }
        state = PQconnectPoll(connection_);
    }
    give_up_at_ = clock::time_point::max();
    PQsetnonblocking(connection_, 1);
    // Notices go to standard error by default, which is the service's.
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    cancel_ = {PQgetCancel(connection_), &PQfreeCancel};
}

void postgres_connection::close() noexcept {
    if (connection_ != nullptr) {
        PQfinish(std::exchange(connection_, nullptr));
    }
    cancel_.reset();
    give_up_at_ = clock::time_point::max();
}

void postgres_connection::begin(bool forceable, const std::atomic<bool>& forced_early) {
    {
        const std::lock_guard lock(mutex_);
        sys::clear_event(event_.get());
        told_ = false;
        ticket_ = std::make_shared<postgres_ticket>();
        forceable_ = forceable;
    }
    try {
        if (forced_early) {
            const std::lock_guard lock(mutex_);
            ticket_->forced = forceable;
            check_forced("BEGIN");
        }
        const bool was_open = connection_ != nullptr;
        try {
            begin_on_open_connection();
        } catch (const postgres_error& error) {
            // An idle connection breaks when the server restarts; nothing has happened
            // in this transaction yet, so it can begin again.
            if (!was_open || !error.connection_lost()) {
                throw;
            }
            begin_on_open_connection();
        }
    } catch (...) {
        end_transaction();
        throw;
    }
    if (!told_) {
        const auto limit = forced_early ? *options_.force_wait : options_.acquire_timeout;
        give_up_at_ = forceable ? clock::time_point::max() : clock::now() + limit;
    }
}

void postgres_connection::begin_on_open_connection() {
    open();
    {
        const std::lock_guard lock(mutex_);
        check_forced("BEGIN");
        ticket_->cancel = cancel_;
    }
    give_up_at_ = clock::now() + options_.connect_timeout;
    ask("BEGIN", {}, true);
}

std::shared_ptr<const postgres_result> postgres_connection::run(
    std::string_view sql, std::span<const postgres_param> params) {
    check_forced(sql);
    return ask(std::string(sql).c_str(), params, true);
}

void postgres_connection::script(const std::string& sql) {
    check_forced(sql);
    ask(sql.c_str(), {}, false);
}

void postgres_connection::commit() {
    try {
        check_forced("COMMIT");
    } catch (...) {
        rollback();
        throw;
    }
    ticket_->committing = true;
    if (connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK) {
        end_transaction();
        throw postgres_error(no_connection, "postgres: the connection was lost before COMMIT",
                             "COMMIT");
    }
    answer got;
    try {
        got = ask("COMMIT", {}, true);
    } catch (const postgres_error& error) {
        // An answer of the server is a no, except when it was its last word.
        const bool answered =
            connection_ != nullptr && PQtransactionStatus(connection_) == PQTRANS_IDLE;
        rollback();
        if (answered) {
            throw;
        }
        throw postgres_commit_unknown(
            error.sqlstate(), std::string("the outcome of COMMIT is unknown: ") + error.what(),
            "COMMIT");
    }
    end_transaction();
    // COMMIT of a transaction in which a statement has failed succeeds as a ROLLBACK.
    if (std::string_view(PQcmdStatus(got->get())) != "COMMIT") {
        throw postgres_error(
            "25P02", "postgres: rolled back at COMMIT, because a statement had failed", "COMMIT");
    }
}

void postgres_connection::rollback() noexcept {
    if (connection_ != nullptr) {
        const auto state = PQtransactionStatus(connection_);
        if (state == PQTRANS_INTRANS || state == PQTRANS_INERROR) {
            give_up_at_ = std::min(give_up_at_, clock::now() + *options_.force_wait);
            try {
                ask("ROLLBACK", {}, true);
            } catch (const std::exception&) {
                close();
            }
        } else if (state != PQTRANS_IDLE) {
            close();
        }
    }
    end_transaction();
}

std::shared_ptr<postgres_ticket> postgres_connection::force() noexcept {
    const std::lock_guard lock(mutex_);
    if (!ticket_) {
        return nullptr;
    }
    sys::signal_event(event_.get());
    ticket_->forced = forceable_;
    return forceable_ ? ticket_ : nullptr;
}

void postgres_connection::check_forced(std::string_view sql) const {
    if (ticket_ && ticket_->forced) {
        throw postgres_error(query_canceled,
                             "postgres: the transaction was forced before: " + std::string(sql),
                             std::string(sql));
    }
}

void postgres_connection::end_transaction() noexcept {
    std::shared_ptr<postgres_ticket> ticket;
    {
        const std::lock_guard lock(mutex_);
        ticket = std::exchange(ticket_, nullptr);
    }
    give_up_at_ = clock::time_point::max();
    if (ticket) {
        if (ticket->forced) {
            close();
        }
        ticket->ended = true;
    }
}

}  // namespace lastcall::detail
