// A command or a request that belongs to a sequence, while it runs: preStop, ExecStop, the
// event of a deploy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drill/record/exchange.hpp"
#include "drill/subject/subject.hpp"

namespace lastcall::drill {

class running_command {
public:
    virtual ~running_command() = default;

    /// Begins it. Only signal-safe calls; threads: any.
    virtual void begin() noexcept = 0;

    /// Its exit status, or 128 + the signal; of a request 0 or 1. Unset while it runs.
    [[nodiscard]] virtual std::optional<int> status() = 0;

    /// What it said last, for the note of a failure.
    [[nodiscard]] virtual std::string last_words() const = 0;

    /// "preStop `sleep 5`"
    [[nodiscard]] const std::string& title() const noexcept { return title_; }

protected:
    explicit running_command(std::string title) : title_(std::move(title)) {}

private:
    std::string title_;
};

/// Prepares a command; it runs from begin() on. Killed when this is destroyed.
/// Errors: std::runtime_error (no such program).
[[nodiscard]] std::unique_ptr<running_command> prepare_command(
    const std::string& role, const subject::beside& what, std::vector<std::string> environment);

/// Prepares a GET, as the kubelet makes it: a status from 200 to 399 is a success.
/// Errors: std::runtime_error (the url is none that it can ask: http://ADDRESS:PORT/PATH).
[[nodiscard]] std::unique_ptr<running_command> prepare_request(const std::string& role,
                                                               const std::string& url);

/// The command that a sequence waits for, if there is one.
class command_slot {
public:
    /// One that was begun by a strike already.
    void take(std::unique_ptr<running_command> command, moment begun);
    void begin(std::unique_ptr<running_command> command);

    struct ended {
        int status = 0;
        std::string text;  ///< "preStop `sleep 5`: exit 0 after 5.0 s"
    };
    /// Once for each command: that it has ended.
    [[nodiscard]] std::optional<ended> poll();

    /// It is not waited for any more, but goes on until clear(), as on the platform.
    void abandon();
    /// Ends what still runs.
    void clear();
    [[nodiscard]] bool is_running() const noexcept {
        return command_ != nullptr || abandoned_ != nullptr;
    }

private:
    std::unique_ptr<running_command> command_;
    std::unique_ptr<running_command> abandoned_;
    moment begun_{};
};

/// "1.5 s", "250 ms"
[[nodiscard]] std::string in_words(std::chrono::nanoseconds value);

}  // namespace lastcall::drill
