// Answers what is in flight, on the watchdog's thread: it takes no lock, allocates nothing,
// and reads only what the watchdog itself may read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/health.hpp"
#include "runtime/step_board.hpp"
#include "runtime/watchdog.hpp"
#include "sys/socket/status_socket.hpp"

namespace lastcall::runtime {

class status_server {
public:
    /// Before the watchdog is started; everything given must outlive its thread. Where the
    /// socket cannot be opened, nothing is, and `failure` says why.
    status_server(bool wanted, const std::string& service, const step_board& steps,
                  const health::impl& health, watchdog& bounds);
    status_server(const status_server&) = delete;
    status_server& operator=(const status_server&) = delete;

    /// Why it does not answer, though it should; empty if it does.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

    /// Before the watchdog is started: what is degraded, to be told as well.
    void list_degraded(const std::vector<std::string>& modes) { degraded_ = modes; }

private:
    std::string_view answer(std::string_view request) noexcept;

    const std::string& service_;
    const step_board& steps_;
    const health::impl& health_;
    const watchdog& watchdog_;
    std::vector<std::string> degraded_;
    std::string failure_;
    std::optional<sys::status_socket> socket_;
};

}  // namespace lastcall::runtime
