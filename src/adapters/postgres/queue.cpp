#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>

#include "adapters/postgres/listener.hpp"
#include "adapters/postgres/queue_sql.hpp"
#include "adapters/postgres/store.hpp"
#include "sys/unique_name.hpp"

namespace lastcall {
namespace {

postgres_queue_options checked(postgres_queue_options options) {
    if (options.lease.count() < 1 || options.max_attempts < 1 || options.poll.count() < 1) {
        throw std::invalid_argument("postgres queue \"" + options.queue +
                                    "\": lease, poll and attempts must be 1 or more");
    }
    return options;
}

}  // namespace

class postgres_queue::impl {
public:
    impl(postgres_pool& pool, postgres_queue_options options)
        : store_(pool.store_),
          options_(checked(std::move(options))),
          sql_(options_.table, options_.listen),
          owner_(sys::unique_owner_name()) {
        change(work, "make the job table",
               [&](postgres_transaction& in) { in.script(sql_.schema); });
    }

    std::int64_t enqueue(postgres_transaction& in, std::string_view payload,
                         std::chrono::milliseconds delay) {
        postgres_rows made = in.query(sql_.enqueue, options_.queue, payload, delay.count());
        made.next();
        in.on_commit([this] { announce(); });
        return made.get<std::int64_t>(0);
    }

    bool finish_in(postgres_transaction& in, const job& done) {
        return in.exec(sql_.finish, done.id, owner_, done.attempt) == 1;
    }

    std::vector<job> take(std::size_t most, std::chrono::milliseconds wait) {
        const auto until = clock::now() + wait;
        for (;;) {
            std::uint64_t seen = 0;
            {
                const std::lock_guard lock(mutex_);
                if (woken_) {
                    return {};
                }
                if (options_.listen && !listener_) {
                    listener_ = std::make_unique<detail::postgres_listener>(*store_, sql_.listen,
                                                                            [this] { announce(); });
                }
                seen = announced_;
            }
            auto found = claim(most);
            if (!found.empty()) {
                return found;
            }
            std::unique_lock lock(mutex_);
            news_.wait_until(lock, std::min(until, clock::now() + options_.poll),
                             [&] { return woken_ || announced_ != seen; });
            if (woken_ || clock::now() >= until) {
                return {};
            }
        }
    }

    void finish(const job& done) {
        change(housekeeping, "finish job",
               [&](postgres_transaction& in) { (void)finish_in(in, done); });
    }

    void put_back(const job& held) {
        change(housekeeping, "put job back", [&](postgres_transaction& in) {
            in.exec(sql_.put_back, held.id, owner_, held.attempt);
        });
        announce();
    }

    void fail(const job& held, std::string_view why) {
        const auto delay = options_.retry_delay * (1 << std::clamp(held.attempt - 1, 0, 6));
        // What a handler throws may be in any encoding, and the database takes only its own.
        std::string reason(why);
        std::replace_if(
            reason.begin(), reason.end(), [](char c) { return c <= 0; }, '?');
        change(housekeeping, "fail job", [&](postgres_transaction& in) {
            in.exec(sql_.fail, held.id, owner_, held.attempt, options_.max_attempts, delay.count(),
                    reason);
        });
    }

    void renew() {
        change(housekeeping, "renew leases", [&](postgres_transaction& in) {
            in.exec(sql_.renew, options_.lease.count(), options_.queue, owner_);
        });
    }

    void wake() noexcept {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        news_.notify_all();
        if (listener_) {
            listener_->request_stop();
        }
    }

private:
    using enum detail::postgres_purpose;

    std::vector<job> claim(std::size_t most) {
        std::vector<job> found;
        change(work, "take jobs", [&](postgres_transaction& in) {
            if (is_time_to_reclaim()) {
                in.exec(sql_.reclaim, options_.max_attempts, options_.queue);
            }
            postgres_rows rows =
                in.query(sql_.claim, owner_, options_.lease.count(), options_.queue, most);
            while (rows.next()) {
                found.push_back(
                    {rows.get<std::string>(0), rows.get<std::string>(1), rows.get<int>(2)});
            }
        });
        // RETURNING answers in any order; a longer number is a higher one.
        std::sort(found.begin(), found.end(), [](const job& a, const job& b) {
            return a.id.size() != b.id.size() ? a.id.size() < b.id.size() : a.id < b.id;
        });
        return found;
    }

    // Once in a poll is enough for the whole process, and keeps claims cheap.
    bool is_time_to_reclaim() {
        const std::lock_guard lock(mutex_);
        const auto now = clock::now();
        if (now < reclaim_at_) {
            return false;
        }
        reclaim_at_ = now + options_.poll;
        return true;
    }

    template <class Action>
    void change(detail::postgres_purpose why, label what, const Action& action) {
        postgres_transaction in = store_->begin(what, why);
        if (!in) {
            throw std::runtime_error("postgres queue \"" + options_.queue +
                                     "\": the pool drains; its users must say that they use it");
        }
        action(in);
        in.commit();
    }

    void announce() noexcept {
        const std::lock_guard lock(mutex_);
        ++announced_;
        news_.notify_all();
    }

    const std::shared_ptr<detail::postgres_store> store_;
    const postgres_queue_options options_;
    const detail::postgres_queue_sql sql_;
    const std::string owner_;

    std::mutex mutex_;
    std::condition_variable news_;
    std::uint64_t announced_ = 0;
    bool woken_ = false;
    clock::time_point reclaim_at_{};
    std::unique_ptr<detail::postgres_listener> listener_;  ///< last: its thread announces
};

postgres_queue::postgres_queue(postgres_pool& pool, postgres_queue_options options)
    : impl_(std::make_unique<impl>(pool, std::move(options))) {}

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
