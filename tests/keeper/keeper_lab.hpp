// A keeper that runs, with the test as its agent.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sys/fd.hpp"
#include "sys/private_directory.hpp"
#include "sys/socket/message_channel.hpp"
#include "wire/keeper_message.hpp"

namespace lastcall::test {

using wire::keeper_message;
using namespace std::chrono_literals;

inline constexpr auto ceiling = 20s;  ///< of every wait: a test that needs it has failed

/// The agent's end of one channel, and the process that holds it.
class played_agent {
public:
    played_agent() = default;
    played_agent(sys::unique_fd door, sys::unique_fd channel, int pid, std::string name);

    [[nodiscard]] int pid() const noexcept { return pid_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    void send(const keeper_message& what, const std::vector<int>& given = {});
    void send_raw(const std::string& text) { channel_.send(text); }
    /// Sends a request with an id of its own. Returns: its `done` or `failed`.
    keeper_message ask(keeper_message what, const std::vector<int>& given = {});
    /// The next that is told and fits, now or later; what else comes is kept.
    keeper_message wait_for(const std::function<bool(const keeper_message&)>& fits);
    keeper_message wait_for(std::string_view word, std::int64_t generation = 0);
    /// Whether the keeper has closed the channel within the ceiling.
    bool is_hung_up();
    /// `hello`, and everything up to `ready`.
    std::vector<keeper_message> hello();

    /// It ends as one that crashed.
    void crash();
    /// It ends with `status`.
    void leave(char status);

private:
    std::optional<keeper_message> next(std::chrono::steady_clock::time_point until);

    sys::unique_fd door_;
    sys::message_channel channel_;
    int pid_ = 0;
    std::string name_;
    std::deque<keeper_message> told_;
    int ids_ = 0;
};

class keeper_lab {
public:
    /// `in_child` is called in each keeper's process before it is executed.
    explicit keeper_lab(std::vector<std::string> options = {}, std::function<void()> in_child = {});
    keeper_lab(const keeper_lab&) = delete;
    keeper_lab& operator=(const keeper_lab&) = delete;
    /// Ends everything that it has started.
    ~keeper_lab();

    [[nodiscard]] int pid() const noexcept { return pid_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder() / name; }
    [[nodiscard]] std::string door_path() const { return path("door"); }

    /// The next agent that the keeper starts.
    played_agent next_agent();
    void signal(int number) const;
    /// Starts another keeper, after `kill` of the first.
    void start(std::vector<std::string> options = {});
    void kill_keeper();
    /// Returns: its exit status; 128 + n for signal n.
    int wait_for_end();

    /// A `start` of slot_service with these words.
    [[nodiscard]] keeper_message start_of(const std::string& service, std::int64_t number,
                                          const std::vector<std::string>& words = {}) const;
    /// Listens at a free port of 127.0.0.1. Returns: the port.
    static int listen(played_agent& agent, const std::string& service,
                      const std::string& socket = "http",
                      const std::string& address = "tcp:127.0.0.1:0");

private:
    sys::private_directory folder_{"keeper-test"};
    std::function<void()> in_child_;
    sys::unique_fd door_;
    int pid_ = 0;
};

/// Connects and reads until the end. Returns: what came; "refused", "reset", "timeout", ...
std::string fetch(int port, std::chrono::milliseconds limit = 10s);
std::string fetch(const std::string& unix_path, std::chrono::milliseconds limit = 10s);
/// A connection that is only made.
sys::unique_fd connect_to(int port);
sys::unique_fd connect_to(const std::string& unix_path);
std::string read_answer(int fd, std::chrono::milliseconds limit = 10s);

[[nodiscard]] std::string contents_of(const std::string& path);
[[nodiscard]] int count_descriptors(int pid);
[[nodiscard]] std::vector<int> children_of(int pid);
[[nodiscard]] bool lives(int pid);
/// Waits for an event that nothing announces. Returns: whether it came.
bool eventually(const std::function<bool()>& is_so);

}  // namespace lastcall::test
