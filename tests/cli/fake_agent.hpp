// A small HTTP server in the place of an agent: it answers as a test tells it, and keeps what
// it was asked.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace lastcall::testing {

class fake_agent {
public:
    using json = nlohmann::json;
    struct request {
        std::string method;
        std::string target;
        std::map<std::string, std::string> fields;  ///< names in small letters
        std::string body;
    };
    struct answer {
        int status = 200;
        json body{};
        std::string api = "1";  ///< Lastcall-Api
        bool breaks = false;    ///< the connection ends without an answer
        std::string text = {};  ///< instead of `body`
    };
    using handler = std::function<answer(const request&)>;

    /// Listens at run/api.sock of `home`.
    fake_agent(const std::filesystem::path& home, handler answers);
    ~fake_agent();
    fake_agent(const fake_agent&) = delete;
    fake_agent& operator=(const fake_agent&) = delete;

    /// A row to everybody who follows.
    void tell(const json& row);
    /// Waits until somebody follows.
    void wait_for_follower();
    /// Ends the connections of who follows, and listens no more.
    void go_away();

    [[nodiscard]] std::vector<request> requests() const;
    /// The last one with this method and beginning of its target; an empty one: there was none.
    [[nodiscard]] request last(const std::string& method, const std::string& target) const;

private:
    void listen_on();
    void serve(int fd);

    std::string path_;
    handler answers_;
    int listener_ = -1;
    int wake_[2] = {-1, -1};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<request> requests_;
    std::vector<int> followers_;
    std::vector<std::thread> threads_;
    std::thread accepting_;
};

}  // namespace lastcall::testing
