#include "adapters_worker/queue_contract.hpp"

#include <lastcall/redis.hpp>

#include "adapters_redis/observer.hpp"
#include "adapters_redis/redis_server.hpp"

namespace lastcall::testing {
namespace {

struct redis_jobs {
    using queue = redis_queue;

    std::unique_ptr<queue> make(const std::string& name) {
        redis_queue_options options;
        options.name = "queue " + std::to_string(++made_);
        options.prefix = name;
        options.max_attempts = 3;
        options.retry_delay = std::chrono::hours(1);
        return std::make_unique<queue>(life_, pool_, options);
    }
    static void enqueue(queue& to, std::string_view payload) { to.enqueue(payload); }

    // What the server's clock would do in time.
    void end_leases() {
        for (const redis_reply& key : outside_.ask("KEYS", "*:alive:*").items()) {
            outside_.ask("DEL", key.text());
        }
    }
    void make_due() {
        for (const redis_reply& id : outside_.ask("ZRANGE", "mail:delayed", 0, -1).items()) {
            outside_.ask("ZADD", "mail:delayed", 0, id.text());
        }
    }
    long long left() { return outside_.number_of("HLEN", "mail:payloads") - dead(); }
    long long dead() { return outside_.number_of("LLEN", "mail:dead"); }
    std::string reason() { return outside_.ask("HVALS", "mail:errors").items().at(0).text(); }

private:
    redis_server server_;
    observer outside_{server_.url()};
    lifecycle life_{quiet_service()};
    redis_pool pool_{life_, {.url = server_.url()}};
    int made_ = 0;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Redis, JobQueue, redis_jobs);

}  // namespace lastcall::testing
