// A thread with a connection of its own that hears of new jobs (LISTEN).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapters/postgres/store.hpp"

namespace lastcall::detail {

class postgres_listener {
public:
    /// Starts. `heard` is called from its thread, also when a connection was made anew,
    /// since what was said meanwhile is lost.
    /// Errors: std::system_error. Does nothing when the pool drains already.
    postgres_listener(postgres_store& store, std::string listen, std::function<void()> heard);
    postgres_listener(const postgres_listener&) = delete;
    postgres_listener& operator=(const postgres_listener&) = delete;
    ~postgres_listener();

    /// Ends the thread and closes its connection soon; returns at once.
    void request_stop() noexcept;

private:
    static void listen(postgres_connection& on, const std::string& sql,
                       const std::function<void()>& heard);

    std::shared_ptr<postgres_connection> connection_;
    std::thread thread_;
};

}  // namespace lastcall::detail
