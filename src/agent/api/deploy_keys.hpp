// Idempotency-Key: which deploy a key stands for, so that a request that is sent again, since
// its answer was lost, makes no second one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace lastcall::agent {

class deploy_keys {
public:
    enum class outcome : std::uint8_t {
        fresh,    ///< nobody has used the key; it is reserved now
        pending,  ///< its deploy is being asked for
        done,     ///< `deploy` is its deploy
        other,    ///< it was used for another request
    };
    struct found {
        outcome what = outcome::fresh;
        std::int64_t deploy = 0;
    };

    /// `key`  of one actor and one service. `request`: equal texts ask for the same.
    [[nodiscard]] found reserve(const std::string& key, const std::string& request) {
        const std::lock_guard lock(mutex_);
        const auto [at, is_new] = keys_.try_emplace(key, entry{request, 0});
        if (is_new) {
            return {};
        }
        if (at->second.request != request) {
            return {outcome::other, at->second.deploy};
        }
        return {at->second.deploy == 0 ? outcome::pending : outcome::done, at->second.deploy};
    }

    /// A fresh key: settled, or free again when this is gone: the request was refused then, and
    /// nothing was begun.
    class reservation {
    public:
        reservation(deploy_keys& of, std::string key) : of_(of), key_(std::move(key)) {}
        reservation(const reservation&) = delete;
        reservation& operator=(const reservation&) = delete;
        ~reservation() { give_up(); }
        /// Frees the key. Before the answer goes out: who was refused may ask again at once.
        void give_up() {
            if (!key_.empty()) {
                of_.release(std::exchange(key_, {}));
            }
        }
        void settle(std::int64_t deploy) { of_.settle(std::exchange(key_, {}), deploy); }

    private:
        deploy_keys& of_;
        std::string key_;
    };

private:
    void settle(const std::string& key, std::int64_t deploy) {
        const std::lock_guard lock(mutex_);
        const auto at = keys_.find(key);
        if (at == keys_.end()) {
            return;
        }
        at->second.deploy = deploy;
        order_.push_back(key);
        if (order_.size() > most) {
            keys_.erase(order_.front());
            order_.pop_front();
        }
    }

    void release(const std::string& key) {
        const std::lock_guard lock(mutex_);
        keys_.erase(key);
    }

    struct entry {
        std::string request;
        std::int64_t deploy = 0;
    };
    static constexpr std::size_t most = 1'000;
    std::mutex mutex_;
    std::map<std::string, entry> keys_;
    std::deque<std::string> order_;  ///< of those that are settled
};

}  // namespace lastcall::agent
