#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>

#include "adapters/sqlite/queue_sql.hpp"
#include "adapters/sqlite/store.hpp"
#include "sys/unique_name.hpp"

namespace lastcall {
namespace {

sqlite_queue_options checked(sqlite_queue_options options) {
    if (options.lease.count() < 1 || options.max_attempts < 1 || options.poll.count() < 1) {
        throw std::invalid_argument("sqlite queue \"" + options.queue +
                                    "\": lease, poll and attempts must be 1 or more");
    }
    return options;
}

}  // namespace

class sqlite_queue::impl {
public:
    impl(sqlite_database& database, sqlite_queue_options options)
        : database_(database),
          options_(checked(std::move(options))),
          sql_(options_.table),
          owner_(sys::unique_owner_name()) {
        change(work, "make the job table", [&](sqlite_transaction& in) { in.script(sql_.schema); });
    }

    std::int64_t enqueue(sqlite_transaction& in, std::string_view payload,
                         std::chrono::milliseconds delay) {
        in.exec(sql_.enqueue, options_.queue, payload, now(delay));
        const std::int64_t id = in.last_insert_id();
        in.on_commit([this] { announce(); });
        return id;
    }

    bool finish_in(sqlite_transaction& in, const job& done) {
        return in.exec(sql_.finish, number(done), owner_, done.attempt) == 1;
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
               [&](sqlite_transaction& in) { (void)finish_in(in, done); });
    }

    void put_back(const job& held) {
        change(housekeeping, "put job back", [&](sqlite_transaction& in) {
            in.exec(sql_.put_back, number(held), owner_, held.attempt);
        });
        announce();
    }

    void fail(const job& held, std::string_view why) {
        const auto delay = options_.retry_delay * (1 << std::clamp(held.attempt - 1, 0, 6));
        change(housekeeping, "fail job", [&](sqlite_transaction& in) {
            in.exec(sql_.fail, options_.max_attempts, now(delay), why, number(held), owner_,
                    held.attempt);
        });
    }

    void renew() {
        change(housekeeping, "renew leases", [&](sqlite_transaction& in) {
            in.exec(sql_.renew, now(options_.lease), options_.queue, owner_);
        });
    }

    void wake() noexcept {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        news_.notify_all();
    }

private:
    // Looks before it claims: idle threads must not stand in the line of the writers.
    std::vector<job> claim(std::size_t most) {
        if (sqlite_transaction in = database_.read("look for jobs");
            !in || !in.query(sql_.look, options_.queue, now()).next()) {
            return {};
        }
        std::vector<job> found;
        change(work, "take jobs", [&](sqlite_transaction& in) {
            in.exec(sql_.reclaim, options_.max_attempts, now(), options_.queue);
            sqlite_rows rows =
                in.query(sql_.claim, owner_, now(options_.lease), options_.queue, now(), most);
            while (rows.next()) {
                found.push_back({std::to_string(rows.get<std::int64_t>(0)),
                                 rows.get<std::string>(1), rows.get<int>(2)});
            }
        });
        // RETURNING answers in any order.
        std::sort(found.begin(), found.end(),
                  [](const job& a, const job& b) { return number(a) < number(b); });
        return found;
    }

    using enum detail::sqlite_purpose;

    template <class Work>
    void change(detail::sqlite_purpose why, label what, const Work& action) {
        using kind = detail::sqlite_connection::kind;
        sqlite_transaction in = database_.store_->begin(kind::writer, what, why);
        if (!in) {
            throw std::runtime_error(
                "sqlite queue \"" + options_.queue +
                "\": the database drains; its users must say that they use it");
        }
        action(in);
        in.commit();
    }

    void announce() noexcept {
        const std::lock_guard lock(mutex_);
        ++announced_;
        news_.notify_all();
    }

    [[nodiscard]] std::int64_t now(std::chrono::milliseconds plus = {}) const {
        const auto at = options_.now ? options_.now() : std::chrono::system_clock::now();
        return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch() + plus)
            .count();
    }

    static std::int64_t number(const job& of) {
        std::int64_t id = 0;
        const char* const end = of.id.data() + of.id.size();
        if (const auto got = std::from_chars(of.id.data(), end, id);
            got.ec != std::errc{} || got.ptr != end) {
            throw std::invalid_argument("sqlite queue: \"" + of.id + "\" is no job id");
        }
        return id;
    }

    sqlite_database& database_;
    const sqlite_queue_options options_;
    const detail::sqlite_queue_sql sql_;
    const std::string owner_;

    std::mutex mutex_;
    std::condition_variable news_;
    std::uint64_t announced_ = 0;
    bool woken_ = false;
};

sqlite_queue::sqlite_queue(sqlite_database& database, sqlite_queue_options options)
    : impl_(std::make_unique<impl>(database, std::move(options))) {}

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
