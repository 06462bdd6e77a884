#include "adapters/sqlite/store.hpp"

#include <sqlite3.h>

namespace lastcall::detail {
namespace {

sqlite_options checked(sqlite_options options) {
    const std::string who = "sqlite database \"" + options.name + "\": ";
    if (options.file.empty() || options.file == ":memory:") {
        throw std::invalid_argument(who +
                                    "needs a file; a database in memory has one "
                                    "connection and no write-ahead log");
    }
    if (options.readers == 0) {
        throw std::invalid_argument(who + "needs 1 reader or more");
    }
    return options;
}

}  // namespace

sqlite_store::sqlite_store(sqlite_options options)
    : options_(checked(std::move(options))),
      transactions_(options_.name),
      writer_(options_, sqlite_connection::kind::writer),
      checkpointer_(options_.file) {
    writer_.open();
    to_write_.put(writer_);
    for (std::size_t i = 0; i < options_.readers; ++i) {
        readers_.push_back(
            std::make_unique<sqlite_connection>(options_, sqlite_connection::kind::reader));
        readers_.back()->open();
        to_read_.put(*readers_.back());
    }
}

component sqlite_store::describe() {
    return {.name = options_.name,
            .uses = options_.uses,
            .gates = {&transactions_},
            .close = [this] { close(); },
            .force = [this] { force(); },
            .drain_share = options_.drain_share,
            .close_share = options_.close_share};
}

sqlite_transaction sqlite_store::begin(sqlite_connection::kind what, label name,
                                       adapters::purpose why) {
    const bool is_work = why == adapters::purpose::work;
    pass inside;
    if (is_work) {
        inside = transactions_.try_enter(name);
        if (!inside) {
            return {};
        }
    }
    line& wait = what == sqlite_connection::kind::writer ? to_write_ : to_read_;
    const auto until = clock::now() + options_.busy_timeout;
    const line::answer got = wait.take(until, !is_work);
    if (got.how != line::ending::lent) {
        throw_no_turn(got.how);
    }
    try {
        got.thing->begin(is_work, forced_);
        if (what == sqlite_connection::kind::writer && writer_.log_pages() >= pages_before_fold) {
            checkpointer_.fold();
        }
    } catch (...) {
        give_back(*got.thing);
        throw;
    }
    return sqlite_transaction(
        std::make_shared<sqlite_work>(shared_from_this(), *got.thing, std::move(inside)));
}

void sqlite_store::throw_no_turn(line::ending how) const {
    const std::string who = "sqlite " + options_.file + ": ";
    switch (how) {
        case line::ending::timed_out:
            throw sqlite_error(SQLITE_BUSY,
                               who + "no connection was free within " +
                                   std::to_string(options_.busy_timeout.count()) +
                                   " ms; who() of its gate names the transactions",
                               "BEGIN");
        case line::ending::closed:
            throw sqlite_error(SQLITE_MISUSE, who + "closed", "BEGIN");
        default:
            throw sqlite_error(SQLITE_INTERRUPT, who + "forced while it waited for its turn",
                               "BEGIN");
    }
}

void sqlite_store::give_back(sqlite_connection& connection) noexcept {
    line& from = &connection == &writer_ ? to_write_ : to_read_;
    if (!from.put(connection)) {
        try {
            connection.close();
        } catch (const sqlite_error&) {
            // close() has reported already that this one was still in use.
        }
    }
}

void sqlite_store::force() noexcept {
    forced_ = true;
    to_write_.cancel();
    to_read_.cancel();
    writer_.force();
    for (const auto& one : readers_) {
        one->force();
    }
}

void sqlite_store::close() {
    if (closed_) {
        return;
    }
    closed_ = true;
    transactions_.close();
    std::size_t in_use = readers_.size() + 1;
    for (sqlite_connection* const one : to_read_.close()) {
        one->close();
        --in_use;
    }
    const auto writers = to_write_.close();
    const std::exception_ptr error = writers.empty() ? nullptr : fold_last();
    // The writer last: the last connection to go removes the log.
    checkpointer_.end();
    for (sqlite_connection* const one : writers) {
        one->close();
        --in_use;
    }
    if (error) {
        std::rethrow_exception(error);
    }
    if (in_use > 0) {
        throw std::runtime_error(options_.file + ": " + std::to_string(in_use) +
                                 " transaction(s) still run; their connections are left to them");
    }
}

std::exception_ptr sqlite_store::fold_last() {
    try {
        writer_.begin(false, forced_);
    } catch (const sqlite_error& e) {
        // Another process writes all the time: its close does what is left.
        return e.busy() ? nullptr : std::current_exception();
    }
    const int code = checkpointer_.fold();
    writer_.rollback();
    // SQLITE_BUSY: another process folds back.
    return code == SQLITE_OK || code == SQLITE_BUSY
               ? nullptr
               : std::make_exception_ptr(sqlite_error(
                     code,
                     "sqlite " + options_.file +
                         ": the write-ahead log could not be folded back: " + sqlite3_errstr(code) +
                         "; the next start does it",
                     "checkpoint"));
}

}  // namespace lastcall::detail
