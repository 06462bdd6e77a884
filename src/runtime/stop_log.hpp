// The lines that a stop writes: to where the application wants them, or to standard error.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <lastcall/report.hpp>

namespace lastcall::runtime {

/// "SIGTERM from process 12 of user 0"; a request's note comes after a colon.
std::string describe(const stop_request& what);

/// Threads: the engine's.
class stop_log {
public:
    /// `to`   takes the lines; empty: standard error, which is never waited for.
    stop_log(std::string service, std::function<void(std::string_view line)> to)
        : service_(std::move(service)), to_(std::move(to)) {}

    /// The stop was asked for at `since`: the timeline counts from there.
    void begin(clock::time_point since) noexcept { since_ = since; }

    /// A line that has no place on the timeline.
    void write(const std::string& line) const noexcept;

    /// A line of the timeline: begins with the time since the stop was asked for.
    void stamped(const std::string& line) const;

private:
    std::string service_;
    std::function<void(std::string_view line)> to_;
    std::optional<clock::time_point> since_;
};

}  // namespace lastcall::runtime
