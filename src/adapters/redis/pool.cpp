#include <lastcall/redis.hpp>

#include "adapters/redis/pool_core.hpp"

namespace lastcall {

struct redis_pool::lease::state {
    state(std::shared_ptr<detail::redis_pool_core> from, pass inside,
          std::unique_ptr<redis::connection> mine)
        : core(std::move(from)), entered(std::move(inside)), connection(std::move(mine)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    // The pass ends after this, so a pool that is drained has all its connections.
    ~state() { core->give_back(std::move(connection)); }

    std::shared_ptr<detail::redis_pool_core> core;
    pass entered;
    std::unique_ptr<redis::connection> connection;
};

redis_pool::lease::lease() noexcept = default;
redis_pool::lease::lease(lease&&) noexcept = default;
redis_pool::lease& redis_pool::lease::operator=(lease&&) noexcept = default;
redis_pool::lease::~lease() = default;
redis_pool::lease::lease(std::unique_ptr<state> held) noexcept : held_(std::move(held)) {}

redis_reply redis_pool::lease::run(std::span<const redis_word> words) {
    return run(words, held_ ? held_->core->options().command_timeout : std::chrono::milliseconds{});
}

redis_reply redis_pool::lease::run(std::span<const redis_word> words,
                                   std::chrono::milliseconds limit) {
    if (held_ == nullptr) {
        throw redis_error(redis_fault::closed, "redis: a command on an empty lease");
    }
    return held_->connection->run(words, limit);
}

redis_pool::redis_pool(lifecycle& life, redis_options options)
    : core_(std::make_shared<detail::redis_pool_core>(std::move(options))) {
    const redis_options& chosen = core_->options();
    life.add({
        .name = chosen.name,
        .uses = chosen.uses,
        .gates = {&core_->door()},
        .drain = [core = core_] { core->drain(); },
        .close = [core = core_](const stop_context& context) { core->close(context.deadline()); },
        .force = [core = core_] { core->force(); },
        .drain_share = chosen.drain_share,
    });
}

redis_pool::~redis_pool() { core_->close(clock::now()); }

redis_pool::lease redis_pool::acquire(label what) {
    pass entered;
    auto mine = core_->take(what, entered);
    if (mine == nullptr) {
        return {};
    }
    return lease(std::make_unique<lease::state>(core_, std::move(entered), std::move(mine)));
}

std::size_t redis_pool::busy() const noexcept { return core_->door().count(); }

}  // namespace lastcall
