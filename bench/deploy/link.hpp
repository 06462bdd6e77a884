// One connection of a client that measures: a request, its answer, and the next one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sys/fd.hpp"
#include "sys/socket/socket_client.hpp"

namespace deploy_bench {

/// CLOCK_BOOTTIME: the clock of the rows of the journal.
[[nodiscard]] std::int64_t now_ns() noexcept;

/// "GET / HTTP/1.1 ..." for a connection that is kept, or for one that is not.
[[nodiscard]] std::string request_text(const lastcall::sys::endpoint& at, const std::string& path,
                                       bool is_kept);

class link {
public:
    enum class state : std::uint8_t { idle, busy, answered, broken };

    /// Begins to connect. Errors: std::runtime_error, where no connection can be made at all.
    explicit link(const lastcall::sys::endpoint& to);

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /// Sends `request` as soon as the connection is there. `request` outlives the answer.
    void ask(const std::string& request);

    /// Goes on with what the kernel has. Returns: answered, once for each answer; broken when
    /// the connection has ended or failed, with or without a request in it.
    state turn();

    [[nodiscard]] std::int64_t begun_ns() const noexcept { return begun_ns_; }
    [[nodiscard]] int answers() const noexcept { return answers_; }
    /// No byte of the answer has come.
    [[nodiscard]] bool is_silent() const noexcept { return text_.empty(); }
    [[nodiscard]] bool is_busy() const noexcept { return request_ != nullptr; }
    /// Of the last answer.
    [[nodiscard]] int status() const noexcept { return status_; }
    /// Of the last answer, as `name` (in small letters) has it there. Empty: it has none.
    [[nodiscard]] std::string_view field(std::string_view name) const;
    [[nodiscard]] char first_of_body() const noexcept { return first_of_body_; }
    [[nodiscard]] bool will_close() const noexcept { return will_close_; }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    bool send();
    bool has_answer();
    state fails(const std::string& why);

    lastcall::sys::unique_fd fd_;
    std::int64_t begun_ns_ = 0;
    bool is_connected_ = false;
    const std::string* request_ = nullptr;
    std::size_t sent_ = 0;
    std::string text_;  ///< of the answer
    int answers_ = 0;
    int status_ = 0;
    char first_of_body_ = 0;
    bool will_close_ = false;
    std::string problem_;
};

}  // namespace deploy_bench
