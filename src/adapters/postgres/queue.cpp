#include <algorithm>
#include <mutex>

#include "adapters/postgres/listener.hpp"
#include "adapters/postgres/queue_sql.hpp"
#include "adapters/postgres/store.hpp"
#include "adapters/worker/sql_queue.hpp"
#include "sys/unique_name.hpp"

namespace lastcall {
namespace detail {

/// The table of the jobs. Its clock is the server's.
class postgres_job_table {
public:
    using transaction = postgres_transaction;
    static constexpr const char* who = "postgres queue";

    postgres_job_table(std::shared_ptr<postgres_store> store, postgres_queue_options options)
        : store_(std::move(store)),
          options_(adapters::checked_queue(who, std::move(options))),
          sql_(options_.table, options_.listen),
          owner_(sys::unique_owner_name()) {}

    [[nodiscard]] const postgres_queue_options& options() const noexcept { return options_; }

    transaction begin(adapters::purpose why, label what) { return store_->begin(what, why); }

    void make(transaction& in) { in.script(sql_.schema); }

    std::int64_t add(transaction& in, std::string_view payload, std::chrono::milliseconds delay) {
        postgres_rows made = in.query(sql_.enqueue, options_.queue, payload, delay.count());
        made.next();
        return made.get<std::int64_t>(0);
    }

    static constexpr bool may_have_jobs() noexcept { return true; }

    // Once in a poll is enough for the whole process, and keeps claims cheap.
    void reclaim(transaction& in) {
        {
            const std::lock_guard lock(mutex_);
            const auto now = clock::now();
            if (now < reclaim_at_) {
                return;
            }
            reclaim_at_ = now + options_.poll;
        }
        in.exec(sql_.reclaim, options_.max_attempts, options_.queue);
    }

    std::vector<job> claim(transaction& in, std::size_t most) {
        postgres_rows rows =
            in.query(sql_.claim, owner_, options_.lease.count(), options_.queue, most);
        std::vector<job> found;
        while (rows.next()) {
            found.push_back({rows.get<std::string>(0), rows.get<std::string>(1), rows.get<int>(2)});
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
        // What a handler throws may be in any encoding, and the database takes only its own.
        std::string reason(why);
        std::replace_if(
            reason.begin(), reason.end(), [](char c) { return c <= 0; }, '?');
        in.exec(sql_.fail, held.id, owner_, held.attempt, options_.max_attempts, delay.count(),
                reason);
    }

    void renew(transaction& in) {
        in.exec(sql_.renew, options_.lease.count(), options_.queue, owner_);
    }

    /// Null when the options want none.
    std::unique_ptr<postgres_listener> listen(std::function<void()> heard) {
        return options_.listen
                   ? std::make_unique<postgres_listener>(*store_, sql_.listen, std::move(heard))
                   : nullptr;
    }

private:
    const std::shared_ptr<postgres_store> store_;
    const postgres_queue_options options_;
    const postgres_queue_sql sql_;
    const std::string owner_;
    std::mutex mutex_;
    clock::time_point reclaim_at_{};
};

}  // namespace detail

class postgres_queue::impl : public adapters::sql_queue<detail::postgres_job_table> {
public:
    using sql_queue::sql_queue;

    std::vector<job> take(std::size_t most, std::chrono::milliseconds wait) {
        {
            const std::lock_guard lock(mutex_);
            if (!listener_ && !is_woken()) {
                listener_ = table().listen([this] { announce(); });
            }
        }
        return sql_queue::take(most, wait);
    }

    void wake() noexcept {
        sql_queue::wake();  // first: from here on nobody makes a listener
        const std::lock_guard lock(mutex_);
        if (listener_) {
            listener_->request_stop();
        }
    }

private:
    std::mutex mutex_;
    std::unique_ptr<detail::postgres_listener> listener_;  ///< last: its thread announces
};

postgres_queue::postgres_queue(postgres_pool& pool, postgres_queue_options options)
    : impl_(std::make_unique<impl>(pool.store_, std::move(options))) {}

postgres_queue::~postgres_queue() = default;

std::int64_t postgres_queue::enqueue(postgres_transaction& in, std::string_view payload,
                                     std::chrono::milliseconds delay) {
    return impl_->enqueue(in, payload, delay);
}

bool postgres_queue::finish_in(postgres_transaction& in, const job& done) {
    return impl_->finish_in(in, done);
}

std::vector<job> postgres_queue::take(std::size_t most, std::chrono::milliseconds wait) {
    return impl_->take(most, wait);
}

void postgres_queue::finish(const job& done) { impl_->finish(done); }
void postgres_queue::put_back(const job& held) { impl_->put_back(held); }
void postgres_queue::fail(const job& held, std::string_view why) { impl_->fail(held, why); }
void postgres_queue::wake() noexcept { impl_->wake(); }
void postgres_queue::renew() { impl_->renew(); }

}  // namespace lastcall
