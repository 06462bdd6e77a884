#include <hiredis/hiredis.h>

#include <memory>
#include <stdexcept>

#include "ledger.hpp"
#include "sql.hpp"

namespace stop_demo {
namespace {

struct redis_address {
    std::string host = "127.0.0.1";
    int port = 6379;
    int number = 0;  ///< of the database
};

/// redis://HOST[:PORT][/NUMBER]
redis_address parse(const std::string& url) {
    redis_address made;
    auto rest = url.substr(std::string("redis://").size());
    if (const auto slash = rest.find('/'); slash != std::string::npos) {
        made.number = slash + 1 < rest.size() ? std::stoi(rest.substr(slash + 1)) : 0;
        rest.erase(slash);
    }
    if (const auto colon = rest.rfind(':'); colon != std::string::npos) {
        made.port = std::stoi(rest.substr(colon + 1));
        rest.erase(colon);
    }
    if (!rest.empty()) {
        made.host = rest;
    }
    return made;
}

class redis_connection {
public:
    explicit redis_connection(const redis_address& at)
        : handle_(redisConnect(at.host.c_str(), at.port), redisFree) {
        if (handle_ == nullptr) {
            throw std::runtime_error("redis: no memory");
        }
        if (handle_->err != 0) {
            throw std::runtime_error(std::string("redis: ") + &handle_->errstr[0]);
        }
        texts("SELECT " + std::to_string(at.number));
    }

    /// The reply as texts: one for a number or a word, one for each element of a list.
    std::vector<std::string> texts(const std::string& command) {
        const std::unique_ptr<void, void (*)(void*)> held(
            redisCommand(handle_.get(), command.c_str()), freeReplyObject);
        const auto* const reply = static_cast<const redisReply*>(held.get());
        if (reply == nullptr || reply->type == REDIS_REPLY_ERROR) {
            throw std::runtime_error("redis: " + command + ": " +
                                     (reply != nullptr ? reply->str : handle_->errstr));
        }
        if (reply->type == REDIS_REPLY_ARRAY) {
            std::vector<std::string> made;
            for (std::size_t i = 0; i < reply->elements; ++i) {
                if (const auto* const one = reply->element[i]; one->str != nullptr) {
                    made.emplace_back(one->str, one->len);
                }
            }
            return made;
        }
        if (reply->type == REDIS_REPLY_INTEGER) {
            return {std::to_string(reply->integer)};
        }
        return {reply->str != nullptr ? reply->str : ""};
    }

private:
    std::unique_ptr<redisContext, void (*)(redisContext*)> handle_;
};

}  // namespace

void add_redis_jobs(const std::string& url, ledger& into) {
    redis_connection redis(parse(url));
    const std::string prefix = std::string(sql::redis_prefix) + ":";
    for (const auto& payload : redis.texts("HVALS " + prefix + "payloads")) {
        into.jobs.push_back(std::stoll(payload));
    }
    for (const auto& key : redis.texts("KEYS " + prefix + "processing:*")) {
        into.jobs_held += std::stoull(redis.texts("LLEN " + key).at(0));
    }
    into.jobs_dead += std::stoull(redis.texts("LLEN " + prefix + "dead").at(0));
}

}  // namespace stop_demo
