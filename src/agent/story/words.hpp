// Times, durations, sizes and other people's text as a person reads them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace lastcall::agent::story {

using std::chrono::nanoseconds;

/// How far local time is ahead of UTC at a moment, and what that is called: "CET".
struct local_offset {
    std::chrono::seconds ahead{0};
    std::string name = "UTC";
};
using zone = std::function<local_offset(nanoseconds since_1970)>;

/// That of this process: TZ, /etc/localtime.
[[nodiscard]] zone local_zone();

[[nodiscard]] std::string day_text(nanoseconds since_1970, const zone& where);  ///< "2026-11-21"
/// "13:45:07", or with milliseconds "13:45:07.123".
[[nodiscard]] std::string clock_text(nanoseconds since_1970, const zone& where,
                                     bool with_milliseconds);
/// "2026-11-21 13:45:07 CET".
[[nodiscard]] std::string moment_text(nanoseconds since_1970, const zone& where);
/// "2026-11-21T12:45:07.123Z" (RFC 3339), for JSON.
[[nodiscard]] std::string utc_text(nanoseconds since_1970);

/// "340 ms", "2.4 s", "3 min 12 s", "3 h 12 min", "12 days 4 h".
[[nodiscard]] std::string duration_text(nanoseconds value);
/// "120.4 MB".
[[nodiscard]] std::string size_text(std::int64_t bytes);
/// "1 process", "3 processes".
[[nodiscard]] std::string count_text(std::int64_t count, std::string_view one,
                                     std::string_view many);

/// What a service or a user wrote, on one line, without what a terminal would obey.
[[nodiscard]] std::string shown(std::string_view text);
/// A command line: arguments with blanks are in quotes; cut after `most` characters.
[[nodiscard]] std::string command_text(const nlohmann::json& command, std::size_t most = 100);
/// "sha256:4f1c20ab9d31", the beginning of a digest.
[[nodiscard]] std::string digest_text(std::string_view digest);

}  // namespace lastcall::agent::story
