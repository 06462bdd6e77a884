// A job queue in a table of a database: what the queues of all SQL databases share. When a
// taker waits and what wakes it, the transaction around each change, the delays.
//
// A `Table` knows one database:
//
//   transaction, begin(purpose, label)         false when the database drains
//   options()                                  queue, poll, retry_delay and others
//   who                                        "sqlite queue": begins each message
//   make(in)                                   the table, when it is missing
//   add(in, payload, delay)                    gives the id
//   may_have_jobs()                            false saves a `claim` that takes nothing
//   reclaim(in), claim(in, most)               the jobs of dead owners; then take some
//   finish(in, job)                            false when the job is not ours any more
//   put_back(in, job), fail(in, job, delay, why), renew(in)
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lastcall/worker.hpp>

#include "adapters/worker/transaction_work.hpp"

namespace lastcall::adapters {

/// Errors: std::invalid_argument.
template <class Options>
Options checked_queue(const std::string& who, Options options) {
    if (options.lease.count() < 1 || options.max_attempts < 1 || options.poll.count() < 1) {
        throw std::invalid_argument(who + " \"" + options.queue +
                                    "\": lease, poll and attempts must be 1 or more");
    }
    return options;
}

/// The table's name stands in the statements as it is.
/// Errors: std::invalid_argument: not letters, digits and _ only, or longer than `longest`.
inline std::string checked_table(const std::string& who, const std::string& table,
                                 std::size_t longest) {
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    if (table.empty() || table.size() > longest ||
        letters.find(table.front()) == std::string::npos ||
        table.find_first_not_of(letters + "0123456789") != std::string::npos) {
        throw std::invalid_argument(who + ": \"" + table +
                                    "\" is no table name: use letters, digits and _, up to " +
                                    std::to_string(longest));
    }
    return table;
}

template <class Table>
class sql_queue {
public:
    using transaction = typename Table::transaction;

    template <class... Arguments>
    explicit sql_queue(Arguments&&... arguments) : table_(std::forward<Arguments>(arguments)...) {
        change(purpose::work, "make the job table", [&](transaction& in) { table_.make(in); });
    }

    std::int64_t enqueue(transaction& in, std::string_view payload,
                         std::chrono::milliseconds delay) {
        const std::int64_t id = table_.add(in, payload, delay);
        in.on_commit([this] { announce(); });
        return id;
    }

    bool finish_in(transaction& in, const job& done) { return table_.finish(in, done); }

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
            news_.wait_until(lock, std::min(until, clock::now() + table_.options().poll),
                             [&] { return woken_ || announced_ != seen; });
            if (woken_ || clock::now() >= until) {
                return {};
            }
        }
    }

    void finish(const job& done) {
        change(purpose::housekeeping, "finish job",
               [&](transaction& in) { (void)table_.finish(in, done); });
    }

    void put_back(const job& held) {
        change(purpose::housekeeping, "put job back",
               [&](transaction& in) { table_.put_back(in, held); });
        announce();
    }

    void fail(const job& held, std::string_view why) {
        const auto delay = table_.options().retry_delay * (1 << std::clamp(held.attempt - 1, 0, 6));
        change(purpose::housekeeping, "fail job",
               [&](transaction& in) { table_.fail(in, held, delay, why); });
    }

    void renew() {
        change(purpose::housekeeping, "renew leases", [&](transaction& in) { table_.renew(in); });
    }

    void wake() noexcept {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        news_.notify_all();
    }

    [[nodiscard]] Table& table() noexcept { return table_; }

    [[nodiscard]] bool is_woken() const noexcept {
        const std::lock_guard lock(mutex_);
        return woken_;
    }

    /// There may be a job: whoever waits looks again.
    void announce() noexcept {
        const std::lock_guard lock(mutex_);
        ++announced_;
        news_.notify_all();
    }

private:
    std::vector<job> claim(std::size_t most) {
        std::vector<job> found;
        if (!table_.may_have_jobs()) {
            return found;
        }
        change(purpose::work, "take jobs", [&](transaction& in) {
            table_.reclaim(in);
            found = table_.claim(in, most);
        });
        // RETURNING answers in any order; a longer number is a higher one.
        std::sort(found.begin(), found.end(), [](const job& a, const job& b) {
            return std::pair(a.id.size(), std::string_view(a.id)) <
                   std::pair(b.id.size(), std::string_view(b.id));
        });
        return found;
    }

    template <class Action>
    void change(purpose why, label what, const Action& action) {
        transaction in = table_.begin(why, what);
        if (!in) {
            throw std::runtime_error(std::string(Table::who) + " \"" + table_.options().queue +
                                     "\": the database drains; its users must say that they "
                                     "use it");
        }
        action(in);
        in.commit();
    }

    Table table_;
    mutable std::mutex mutex_;
    std::condition_variable news_;
    std::uint64_t announced_ = 0;
    bool woken_ = false;
};

}  // namespace lastcall::adapters
