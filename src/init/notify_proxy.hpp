// Stands between the service and the manager that started the keeper (systemd, podman):
// NOTIFY_SOCKET of the service is a socket of ours, and what arrives there is passed on.
//
// systemd takes messages from the main process of a unit, which is the keeper; behind it,
// a service could not reach it. And the keeper wants to know: ready, stopping, MAINPID.
//
// Only descendants of the keeper are heard. What names the main process is not passed on:
// the keeper stays the manager's. One message is held while the manager is behind; the
// service then waits in its own sendmsg(2), as it would without us, and nothing is lost.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/fixed_text.hpp"
#include "core/notify_message.hpp"
#include "sys/socket/datagram.hpp"

namespace lastcall::init {

struct notify_settings {
    const char* upstream = nullptr;  ///< NOTIFY_SOCKET of the keeper; null or empty: none
    bool is_wanted = false;          ///< --ready notify: needed even without a manager
    /// Somebody else says when the service is ready (a probe): READY=1 of the service is
    /// kept back until `tell_ready`, and passed on later, when it ends a reload.
    bool keeps_ready_back = false;
};

/// What the messages of one turn have said.
struct notify_news {
    bool ready = false;
    bool reloading = false;  ///< and not ready again
    bool stopping = false;
    bool watchdog = false;
    bool barrier = false;
    bool status_changed = false;  ///< `notify_proxy::status`
    int main_pid = 0;             ///< a descendant whose end is the end of the service
    /// The manager was told, so our own budget may grow by this, from now on.
    std::optional<std::chrono::nanoseconds> extend_by;
    std::string_view complaint;  ///< to be printed; each kind comes once. Lives until the next turn
};

class notify_proxy {
public:
    /// Messages taken in one turn: a flood leaves the loop time for everything else.
    static constexpr int per_turn = 16;
    static constexpr std::size_t longest_message = 4096;  ///< as systemd's

    /// Opens what the settings ask for; possibly nothing.
    /// Returns: false when the proxy is not there though it should be, or the manager
    ///          cannot be told anything; then `why` says so. Everything else goes on.
    bool open(const notify_settings& settings, core::text_sink& why) noexcept;

    [[nodiscard]] bool is_open() const noexcept { return inbox_.fd() >= 0; }
    [[nodiscard]] bool has_upstream() const noexcept { return has_upstream_; }
    /// NOTIFY_SOCKET for the children; empty: they keep the one there is.
    [[nodiscard]] std::string_view address() const noexcept {
        return is_open() ? inbox_.name() : std::string_view();
    }

    /// To be watched for reading, while not `waits_for_upstream`.
    [[nodiscard]] int fd() const noexcept { return inbox_.fd(); }
    /// To be watched for writing while `waits_for_upstream`, and only then. Another one
    /// after each `take` or `tell_…` that turned `waits_for_upstream` on.
    [[nodiscard]] int upstream_fd() const noexcept { return upstream_.fd(); }
    [[nodiscard]] bool waits_for_upstream() const noexcept { return holds_ || own_left_ != 0; }

    /// `fd` is readable. To be called before the children are reaped: a sender that has
    /// just exited is still known then.
    notify_news take() noexcept;
    /// `upstream_fd` is writable.
    notify_news upstream_writable() noexcept;

    // What the keeper itself has to tell the manager. READY and STOPPING are not lost
    // while it is behind; a status is.
    void tell_ready() noexcept;
    void tell_stopping() noexcept;
    void tell_status(std::string_view text) noexcept;

    /// The service's last STATUS, cut, without control characters.
    [[nodiscard]] std::string_view status() const noexcept { return status_.view(); }

private:
    enum complaint : std::uint8_t { stranger, oversized, many_fds, malformed, lost, foreign_main };
    enum own : std::uint8_t { own_ready = 1, own_stopping = 2 };

    bool take_one(notify_news& news) noexcept;
    void accept(std::size_t size, int sender, notify_news& news) noexcept;
    void read(const core::notify_message& message, notify_news& news) noexcept;
    void forward(notify_news& news) noexcept;
    void forwarded(sys::datagram_outbox::outcome what, notify_news& news) noexcept;
    bool send_own() noexcept;
    void complain(complaint what, std::string_view text, int pid, notify_news& news) noexcept;

    sys::datagram_inbox inbox_;
    sys::datagram_outbox upstream_;
    sys::fd_batch fds_;
    std::array<char, longest_message> text_;
    std::size_t text_size_ = 0;
    std::optional<std::chrono::nanoseconds> extend_by_;  ///< of the message in `text_`
    bool holds_ = false;                                 ///< `text_` and `fds_` wait to be sent
    bool has_upstream_ = false;
    bool keeps_ready_back_ = false;
    std::uint8_t own_left_ = 0;
    std::uint8_t complained_ = 0;
    core::fixed_text<256> status_;
    core::fixed_text<512> complaints_;
};

}  // namespace lastcall::init
