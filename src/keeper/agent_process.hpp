// The agent as a process that comes and goes: started, started again when it ends, replaced
// by another version and put back when that one does not work.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keeper/service.hpp"
#include "sys/signal/signal_inbox.hpp"
#include "sys/socket/message_channel.hpp"

namespace lastcall::keeper {

class agent_process {
public:
    agent_process(std::vector<std::string> argv, std::vector<std::string> environment);

    [[nodiscard]] sys::message_channel& channel() noexcept { return channel_; }
    [[nodiscard]] int pid() const noexcept { return pid_; }
    [[nodiscard]] const std::vector<std::string>& argv() const noexcept { return argv_; }

    /// Goes on with one that a keeper before this one, in this process, has started.
    void take_over(int pid, sys::unique_fd channel, time now);

    /// The next one is started so; the present one is asked to end. The one before comes
    /// back unless the new one says `alive` in time.
    void replace(std::vector<std::string> argv, time now);
    void says_alive() noexcept;
    /// Why the one that was to come has not, for the one that is back; empty: nothing of that kind.
    /// Told once.
    [[nodiscard]] std::string take_refusal() { return std::exchange(refusal_, {}); }
    [[nodiscard]] bool is_on_probation() const noexcept { return former_.has_value(); }

    /// Starts it when it is due, ends what has to end. Returns: what to print; empty: nothing.
    [[nodiscard]] std::string turn(time now, const sys::signal_inbox& signals);
    [[nodiscard]] std::optional<time> next_wake() const noexcept;

    /// It was reaped. Returns: what to print.
    [[nodiscard]] std::string ended(const sys::child_end& how, time now);
    /// The channel is closed or of no use: without it, it can do nothing.
    void lost_channel(time now);
    /// No more of them: SIGTERM now, SIGKILL at `kill_at`.
    void finish(time kill_at);

private:
    [[nodiscard]] std::string start(time now, const sys::signal_inbox& signals);
    void ask_to_end(time kill_at);

    std::vector<std::string> argv_;
    std::vector<std::string> environment_;
    sys::message_channel channel_;
    int pid_ = 0;
    sys::unique_fd handle_;
    std::optional<time> start_at_ = time(0);
    time started_{0};
    time wait_{0};
    std::optional<time> kill_at_;
    bool is_over_ = false;

    struct former {
        std::vector<std::string> argv;
        sys::unique_fd program;  ///< its executable, should the file be another one by now
    };
    std::optional<former> former_;  ///< while the new one is on probation
    std::optional<time> alive_by_;
    bool was_late_ = false;  ///< the new one was killed for that
    std::string refusal_;
    sys::unique_fd program_;  ///< executed instead of argv's first word
};

}  // namespace lastcall::keeper
