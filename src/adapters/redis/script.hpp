// The steps of the queue that must happen at once on the server, as Lua scripts.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>

#include <lastcall/redis.hpp>

namespace lastcall::redis {

/// Sends one command: over a lease of the pool, or a connection of the queue's own.
using runner = std::function<redis_reply(std::span<const redis_word>)>;

class script {
public:
    explicit script(std::string body) : body_(std::move(body)) {}

    /// Puts it into the server's cache and learns its digest. Call it before `run`.
    void load(const runner& run);

    /// Runs it by its digest, and with its whole text if the server has forgotten it.
    /// Errors: redis_error.
    redis_reply run(const runner& over, std::initializer_list<redis_word> keys,
                    std::initializer_list<redis_word> arguments) const;

private:
    std::string body_;
    std::string digest_;
};

struct queue_scripts {
    script enqueue;   // sequence payloads queue | payload -> id
    script take;      // queue processing payloads attempts delayed | most first -> due, jobs
    script finish;    // processing queue delayed payloads attempts errors | id
    script put_back;  // processing queue | id
    script fail;      // processing queue delayed dead attempts errors | id why max delay
    script renew;     // alive instances | instance lifetime
    script recover;   // alive processing instances queue dead attempts errors
                      //   | instance max forget -> how many
    script leave;     // processing queue alive instances | instance clean -> how many

    queue_scripts();
    void load(const runner& run);
};

}  // namespace lastcall::redis
