// The WebSockets that are told about orders.
#pragma once

#include <lastcall/http.hpp>
#include <mutex>
#include <unordered_map>

namespace orders {

class feed {
public:
    /// Takes the exchange, echoes what its client sends, and sends what `publish` gets.
    void join(lastcall::http::exchange x);

    /// Threads: any.
    void publish(const std::string& event);

private:
    std::mutex mutex_;
    std::uint64_t next_ = 0;
    std::unordered_map<std::uint64_t, lastcall::http::websocket> members_;
};

}  // namespace orders
