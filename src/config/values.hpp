// Values that command lines and files write in the same way.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace lastcall::config {

/// What is wrong with a setting, with file and line or option, the reason and the fix.
class settings_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// "30s". Errors: settings_error, `what` in front.
[[nodiscard]] std::chrono::nanoseconds to_duration(const std::string& text,
                                                   const std::string& what);
/// "TERM", "SIGTERM", "15", "RTMIN+3". Errors: settings_error.
[[nodiscard]] int to_signal(const std::string& text, const std::string& what);
/// Splits a command as a shell does, with quotes and backslashes, and without expansions.
/// Errors: settings_error (a quote that is not closed).
[[nodiscard]] std::vector<std::string> to_words(const std::string& text, const std::string& what);

}  // namespace lastcall::config
