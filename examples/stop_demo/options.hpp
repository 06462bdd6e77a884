// What can be chosen on the command line.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace stop_demo {

struct options {
    std::string orders;  ///< the service's program; beside our own when not given
    std::string db;     ///< sqlite:FILE or postgres://…; a file in a private directory when empty
    std::string queue;  ///< redis://…; the database when empty
    std::chrono::milliseconds load_time{3'000};
    std::chrono::milliseconds grace{15'000};  ///< the service's; and ours, before SIGKILL
    bool crash = false;                       ///< SIGKILL instead: the control run
    std::string json;                         ///< file for the machine-readable report
};

struct parsed_options {
    options chosen;
    std::optional<int> exit;  ///< end at once with this status, after `message`
    std::string message;
};

/// Exit statuses: 0 for --help, 2 for what cannot be understood.
[[nodiscard]] parsed_options parse_options(int argc, const char* const* argv);

}  // namespace stop_demo
