#include <lastcall/redis.hpp>

#include "adapters/redis/queue_core.hpp"

namespace lastcall {

namespace {

/// Unset, the list means all that came before, and the pool did.
uses_list with(const uses_list& given, const std::string& pool) {
    if (!given.given()) {
        return given;
    }
    std::vector<std::string> names = given.names();
    names.push_back(pool);
    return uses_list(std::move(names));
}

}  // namespace

redis_queue::redis_queue(lifecycle& life, redis_pool& pool, redis_queue_options options)
    : core_(std::make_unique<detail::redis_queue_core>(pool.core_, std::move(options))) {
    detail::redis_queue_core* core = core_.get();
    life.add({
        .name = core->options().name,
        .uses = with(core->options().uses, pool.core_->options().name),
        .drain = [core](const stop_context& context) { core->leave(context.deadline()); },
        .force = [core] { core->force(); },
    });
}

redis_queue::~redis_queue() = default;

std::string redis_queue::enqueue(std::string_view payload) { return core_->enqueue(payload); }

std::vector<job> redis_queue::take(std::size_t most, std::chrono::milliseconds wait) {
    return core_->take(most, wait);
}

void redis_queue::finish(const job& done) { core_->finish(done.id); }
void redis_queue::put_back(const job& held) { core_->put_back(held.id); }
void redis_queue::fail(const job& held, std::string_view why) { core_->fail(held.id, why); }
void redis_queue::wake() noexcept { core_->wake(); }
void redis_queue::renew() { core_->renew(); }
redis_queue_counts redis_queue::counts() { return core_->counts(); }
const std::string& redis_queue::instance() const noexcept { return core_->instance(); }

}  // namespace lastcall
