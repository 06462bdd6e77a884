// Redis inside a lifecycle: a pool of connections, and a job queue that loses nothing.
//
// The pool is a component. While it drains it gives out no connection, and is drained
// when the last one has come back; forced, it shuts the busy sockets, so that a command
// that blocks on the server returns at once.
//
// The queue hands jobs over reliably: a job that is taken moves, in one step on the
// server, to a list that belongs to this instance, and leaves it only when it is
// finished, given back or has failed. What a crashed instance held is given back by
// the others, or by its successor, as soon as its sign of life has expired. A job is
// therefore run at least once, and twice only after a crash between its effect and
// `finish`. Needs Redis 6.2; the keys of one queue lie in one slot of a cluster only if
// the prefix carries a {hash tag}.
//
// No cluster redirects, no publish/subscribe: what needs those wants a client of its own
// beside this one. A redirect of a cluster is an error that says so.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <lastcall/lifecycle.hpp>
#include <lastcall/worker.hpp>

namespace lastcall {

enum class redis_fault {
    unreachable,  ///< could not connect, log in or select the database
    lost,         ///< the connection broke; the command may or may not have been done
    timeout,      ///< no answer in time; the same doubt
    refused,      ///< the server answered with an error; nothing was done
    type,         ///< the reply is not of the kind that was asked for
    closed,       ///< the pool or the queue is stopping, or was forced
};

class redis_error : public std::runtime_error {
public:
    redis_error(redis_fault fault, const std::string& what)
        : std::runtime_error(what), fault_(fault) {}
    [[nodiscard]] redis_fault fault() const noexcept { return fault_; }

private:
    redis_fault fault_;
};

/// What the server answered. A server error is never a value: it is thrown.
class redis_reply {
public:
    using list = std::vector<redis_reply>;

    redis_reply() noexcept = default;  ///< nil
    explicit redis_reply(long long number) : value_(number) {}
    explicit redis_reply(std::string text) : value_(std::move(text)) {}
    explicit redis_reply(list items) : value_(std::move(items)) {}

    [[nodiscard]] bool is_nil() const noexcept { return value_.index() == 0; }

    /// Errors: redis_error (type) when the reply is of another kind. A status such as
    ///         "OK" is a text.
    [[nodiscard]] long long number() const;
    [[nodiscard]] const std::string& text() const&;
    [[nodiscard]] const list& items() const&;
    /// Of a reply that nobody keeps, as in `for (… : lease.command(…).items())`.
    [[nodiscard]] std::string text() && { return std::as_const(*this).text(); }
    [[nodiscard]] list items() && { return std::as_const(*this).items(); }

private:
    std::variant<std::monostate, long long, std::string, list> value_;
};

/// One word of a command: a text, which must outlive the call, or an integer.
class redis_word {
public:
    template <class Text>
    requires std::convertible_to<const Text&, std::string_view> redis_word(const Text& text)
        : text_(text) {}

    template <std::integral Number>
    redis_word(Number number) {
        const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), number).ptr;
        length_ = static_cast<std::size_t>(end - digits_.data());
    }

    [[nodiscard]] std::string_view view() const noexcept {
        return length_ == 0 ? text_ : std::string_view(digits_.data(), length_);
    }

private:
    std::string_view text_;
    std::array<char, 24> digits_{};
    std::size_t length_ = 0;
};

struct redis_options {
    std::string name = "redis";  ///< of the component

    /// redis://[[user]:password@]host[:port][/db], or unix:///path[?db=n]. Characters
    /// that have a meaning in a URL are written as %XX.
    ///
    /// rediss:// is the same over TLS, 1.2 and up. The certificate must be for the host, and
    /// be signed by one that the system trusts, or by one of rediss://...?ca=FILE (PEM). No
    /// certificate of our own is shown: the server must not ask for it (tls-auth-clients no).
    std::string url = "redis://127.0.0.1:6379";

    std::size_t size = 8;  ///< connections at most; made when first needed

    /// Until connected and logged in. Resolving a host name is not part of it.
    std::chrono::milliseconds connect_timeout{1'000};
    /// Until a reply is complete, and until a connection of a busy pool is free.
    std::chrono::milliseconds command_timeout{5'000};

    uses_list uses = {};
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 2.0};
};

namespace detail {
class redis_pool_core;
class redis_queue_core;
}  // namespace detail

/// A pool of connections, as one component.
///
/// Lifetime: must outlive `run` of its lifecycle and every lease.
/// Example:  examples/orders/
class redis_pool {
public:
    /// The right to use one connection; move-only, gives it back when destroyed.
    ///
    /// Leave the connection as you found it: no open MULTI, WATCH or subscription.
    /// Threads:  one at a time.
    class lease {
    public:
        lease() noexcept;
        lease(lease&&) noexcept;
        lease& operator=(lease&&) noexcept;
        ~lease();

        /// False when the pool is draining, or moved from.
        [[nodiscard]] explicit operator bool() const noexcept { return held_ != nullptr; }

        /// Sends one command and waits for its reply: command("SET", key, 42, "EX", 60).
        ///
        /// Errors:   redis_error. After `lost` and `timeout` the connection is gone and
        ///           every further command of this lease fails the same way; the next
        ///           `acquire` connects anew. A command is never repeated by itself.
        /// Blocks:   up to `command_timeout`, or until the pool is forced.
        template <class... Words>
        requires(sizeof...(Words) > 0) redis_reply command(const Words&... words) {
            const std::array<redis_word, sizeof...(Words)> list{redis_word(words)...};
            return run(list);
        }

        /// The same, for a number of words that is known at run time.
        redis_reply run(std::span<const redis_word> words);

        /// The same, with a limit of its own, for commands that block on the server.
        redis_reply run(std::span<const redis_word> words, std::chrono::milliseconds limit);

    private:
        friend class redis_pool;
        struct state;
        explicit lease(std::unique_ptr<state> held) noexcept;
        std::unique_ptr<state> held_;
    };

    /// Connects once, to see that it can, and adds itself to `life`.
    ///
    /// Errors:   std::invalid_argument (URL, certificates, size, timeouts; as
    ///           `lifecycle::add`), redis_error (unreachable). Nothing is added then.
    /// Blocks:   up to `connect_timeout`.
    redis_pool(lifecycle& life, redis_options options);
    redis_pool(const redis_pool&) = delete;
    redis_pool& operator=(const redis_pool&) = delete;
    ~redis_pool();

    /// Asks for a connection.
    ///
    /// `what`    names the lease in reports, while it is held.
    /// Returns:  a lease, or an empty one when the pool is draining. A connection that
    ///           the server closed while it was idle is replaced first.
    /// Errors:   redis_error: unreachable; timeout (all are busy). Nothing is held.
    /// Threads:  any.
    /// Blocks:   up to `command_timeout` while all are busy, then `connect_timeout`.
    [[nodiscard]] lease acquire(label what = "");

    /// Leases held now.
    [[nodiscard]] std::size_t busy() const noexcept;

private:
    friend class redis_queue;
    std::shared_ptr<detail::redis_pool_core> core_;
};

struct redis_queue_options {
    std::string name = "redis queue";  ///< of the component
    std::string prefix = "jobs";       ///< of all its keys: PREFIX:queue, …

    /// Jobs that failed, or whose instance crashed, so often go to PREFIX:dead.
    int max_attempts = 5;
    /// How long a job that failed waits before it is taken again.
    std::chrono::milliseconds retry_delay{1'000};
    /// An instance that has not renewed for so long has crashed. At least 1 s.
    std::chrono::milliseconds lifetime{15'000};

    uses_list uses = {};  ///< the pool is always among them
};

struct redis_queue_counts {
    std::size_t waiting = 0;  ///< in the queue
    std::size_t delayed = 0;  ///< failed, and not yet due
    std::size_t held = 0;     ///< taken by this instance
    std::size_t dead = 0;     ///< set aside after too many attempts
};

/// Jobs in Redis, oldest first, as one component and as the source of a worker pool.
///
/// It drains after the workers that use it: everything that is still held goes back to
/// the head of the queue, in its order, in one step on the server.
/// Errors:   every call but `wake` may throw redis_error.
/// Threads:  any. Takes of one instance follow each other; the rest runs in parallel.
/// Lifetime: the pool must outlive it, and it `run` and every worker.
/// Example:  examples/orders/
class redis_queue final : public job_queue {
public:
    /// Registers this instance, gives back what crashed ones held, and adds itself to
    /// `life`. Nothing is added when it throws.
    ///
    /// Errors:   std::invalid_argument (empty prefix, an attempt limit or lifetime out
    ///           of range; as `lifecycle::add`), redis_error.
    redis_queue(lifecycle& life, redis_pool& pool, redis_queue_options options = {});
    redis_queue(const redis_queue&) = delete;
    redis_queue& operator=(const redis_queue&) = delete;
    ~redis_queue() override;

    /// Appends a job. Returns: its id, a number that grows with every job of the queue.
    std::string enqueue(std::string_view payload);

    std::vector<job> take(std::size_t most, std::chrono::milliseconds wait) override;

    /// A finish that could not be delivered is remembered and repeated by `renew` and
    /// by the drain: done again is only what was held when the process crashed.
    void finish(const job& done) override;

    /// The job goes where its id belongs: before every later job that waits.
    void put_back(const job& held) override;

    void fail(const job& held, std::string_view why) override;

    /// Closes the waiting connection. A job that the server had just moved stays in this
    /// instance's list and goes back when the queue drains. `take` returns nothing from
    /// then on.
    void wake() noexcept override;

    /// Shows that this instance lives; every `lifetime` it also gives back what crashed
    /// instances held. Call it several times per lifetime; a worker pool does.
    void renew() override;

    [[nodiscard]] redis_queue_counts counts();

    /// Part of its keys: PREFIX:processing:INSTANCE, PREFIX:alive:INSTANCE.
    [[nodiscard]] const std::string& instance() const noexcept;

private:
    std::unique_ptr<detail::redis_queue_core> core_;
};

}  // namespace lastcall
