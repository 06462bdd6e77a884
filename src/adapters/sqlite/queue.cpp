#include "adapters/sqlite/queue_sql.hpp"
#include "adapters/sqlite/store.hpp"
#include "adapters/worker/sql_queue.hpp"
#include "sys/unique_name.hpp"

namespace lastcall {
namespace detail {

/// The table of the jobs. Its clock is the process's, so that tests can turn it.
class sqlite_job_table {
public:
    using transaction = sqlite_transaction;
    static constexpr const char* who = "sqlite queue";

    sqlite_job_table(std::shared_ptr<sqlite_store> store, sqlite_queue_options options)
        : store_(std::move(store)),
          options_(adapters::checked_queue(who, std::move(options))),
          sql_(options_.table),
          owner_(sys::unique_owner_name()) {}

    [[nodiscard]] const sqlite_queue_options& options() const noexcept { return options_; }

    transaction begin(adapters::purpose why, label what) {
        return store_->begin(sqlite_connection::kind::writer, what, why);
    }

    void make(transaction& in) { in.script(sql_.schema); }

    std::int64_t add(transaction& in, std::string_view payload, std::chrono::milliseconds delay) {
        in.exec(sql_.enqueue, options_.queue, payload, now(delay));
        return in.last_insert_id();
    }

    // Looks before it claims: idle threads must not stand in the line of the writers.
    bool may_have_jobs() {
        transaction in = store_->begin(sqlite_connection::kind::reader, "look for jobs");
        return in && in.query(sql_.look, options_.queue, now()).next();
    }

    void reclaim(transaction& in) {
        in.exec(sql_.reclaim, options_.max_attempts, now(), options_.queue);
    }

    std::vector<job> claim(transaction& in, std::size_t most) {
        sqlite_rows rows =
            in.query(sql_.claim, owner_, now(options_.lease), options_.queue, now(), most);
        std::vector<job> found;
        while (rows.next()) {
            found.push_back({std::to_string(rows.get<std::int64_t>(0)), rows.get<std::string>(1),
                             rows.get<int>(2)});
        }
        return found;
    }

    bool finish(transaction& in, const job& done) {
        return in.exec(sql_.finish, done.id, owner_, done.attempt) == 1;
    }

    void put_back(transaction& in, const job& held) {
        in.exec(sql_.put_back, held.id, owner_, held.attempt);
    }

    void fail(transaction& in, const job& held, std::chrono::milliseconds delay,
              std::string_view why) {
        in.exec(sql_.fail, options_.max_attempts, now(delay), why, held.id, owner_, held.attempt);
    }

    void renew(transaction& in) {
        in.exec(sql_.renew, now(options_.lease), options_.queue, owner_);
    }

private:
    [[nodiscard]] std::int64_t now(std::chrono::milliseconds plus = {}) const {
        const auto at = options_.now ? options_.now() : std::chrono::system_clock::now();
        return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch() + plus)
            .count();
    }

    const std::shared_ptr<sqlite_store> store_;
    const sqlite_queue_options options_;
    const sqlite_queue_sql sql_;
    const std::string owner_;
};

}  // namespace detail

class sqlite_queue::impl : public adapters::sql_queue<detail::sqlite_job_table> {
    using sql_queue::sql_queue;
};

sqlite_queue::sqlite_queue(sqlite_database& database, sqlite_queue_options options)
    : impl_(std::make_unique<impl>(database.store_, std::move(options))) {}

sqlite_queue::~sqlite_queue() = default;

std::int64_t sqlite_queue::enqueue(sqlite_transaction& in, std::string_view payload,
                                   std::chrono::milliseconds delay) {
    return impl_->enqueue(in, payload, delay);
}

bool sqlite_queue::finish_in(sqlite_transaction& in, const job& done) {
    return impl_->finish_in(in, done);
}

std::vector<job> sqlite_queue::take(std::size_t most, std::chrono::milliseconds wait) {
    return impl_->take(most, wait);
}

void sqlite_queue::finish(const job& done) { impl_->finish(done); }
void sqlite_queue::put_back(const job& held) { impl_->put_back(held); }
void sqlite_queue::fail(const job& held, std::string_view why) { impl_->fail(held, why); }
void sqlite_queue::wake() noexcept { impl_->wake(); }
void sqlite_queue::renew() { impl_->renew(); }

}  // namespace lastcall
