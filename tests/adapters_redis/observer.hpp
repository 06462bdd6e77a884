// A connection of the test's own, to look at the server from outside.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/redis.hpp>

#include "adapters/redis/connection.hpp"
#include "sys/event_fd.hpp"
#include "sys/fd.hpp"

namespace lastcall::testing {

class observer {
public:
    explicit observer(const std::string& url)
        : where_(redis::parse_endpoint(url)),
          never_(sys::make_event()),
          connection_(where_,
                      {std::chrono::milliseconds(10'000), std::chrono::milliseconds(10'000)},
                      never_.get()) {
        connection_.open();
    }

    template <class... Words>
    redis_reply ask(const Words&... words) {
        const std::array<redis_word, sizeof...(Words)> list{redis_word(words)...};
        return connection_.run(list);
    }

    std::vector<std::string> list(std::string_view key) {
        std::vector<std::string> texts;
        for (const redis_reply& one : ask("LRANGE", key, 0, -1).items()) {
            texts.push_back(one.text());
        }
        return texts;
    }

    long long number_of(std::string_view command, std::string_view key) {
        return ask(command, key).number();
    }

    /// Waits until the server holds a client that blocks in a command.
    void wait_for_blocked_client() {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (ask("INFO", "clients").text().find("blocked_clients:0") != std::string::npos) {
            if (std::chrono::steady_clock::now() > until) {
                throw std::runtime_error("no client blocks on the server");
            }
        }
    }

private:
    redis::endpoint where_;
    sys::unique_fd never_;
    redis::connection connection_;
};

}  // namespace lastcall::testing
