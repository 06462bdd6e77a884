// What the services of one agent share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/engine/keeper_link.hpp"
#include "agent/journal/journal.hpp"
#include "agent/places.hpp"

namespace lastcall::agent {

struct host {
    boost::asio::io_context& loop;
    boost::asio::thread_pool& aside;  ///< for what blocks: commands, digests, HAProxy
    keeper_link& keeper;
    journal* book;  ///< null: it cannot be opened, and nothing is deployed
    const places& where;
    std::string init_program;       ///< lastcall-init
    std::function<void()> changed;  ///< a service is in another state: who is after it may start
    std::int64_t last_deploy = 0;
    bool journal_is_good = true;  ///< false: deploys are refused
    bool is_stopping = false;     ///< the keeper stops everything

    /// Writes a row. Returns: false when it could not be written; said loudly once.
    bool note(journal_row row);
};

/// A callback that does nothing once `owner` is gone.
template <class Call>
[[nodiscard]] auto while_alive(const std::shared_ptr<int>& owner, Call call) {
    return [owner = std::weak_ptr(owner), call = std::move(call)](auto&&... what) {
        if (!owner.expired()) {
            call(std::forward<decltype(what)>(what)...);
        }
    };
}

/// CLOCK_BOOTTIME; and since 1970.
[[nodiscard]] std::chrono::nanoseconds boot_now();
[[nodiscard]] std::chrono::nanoseconds wall_now();

}  // namespace lastcall::agent
