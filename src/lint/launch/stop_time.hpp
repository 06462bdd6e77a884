// How long a program may take to stop, where its command line or its environment says so.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/conf/drain_setting.hpp"
#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

/// An option of a program on a command line, and where its value stands.
struct found_option {
    std::string value;
    place at;
    std::string file{};  ///< of the script that it stands in; empty: that of the chain
};

/// The value of the option behind the program's name: "--limit 5", "--limit=5".
/// `lines`  of the file that the chain begins in
[[nodiscard]] std::optional<found_option> find_option(const launch_chain& chain,
                                                      const line_index& lines,
                                                      std::string_view program,
                                                      std::string_view option);

struct needed_time {
    std::string what;     ///< "gunicorn lets requests run for up to"
    std::string setting;  ///< "--graceful-timeout of gunicorn"
    std::string_view source;
    std::chrono::milliseconds limit{0};
    place at;
    std::string file{};       ///< of the script that it stands in; empty: that of the chain
    bool is_of_jobs = false;  ///< of a worker's jobs, not of a server's requests
};

/// What the options on the command line say.
[[nodiscard]] std::vector<needed_time> needed_times(const launch_chain& chain,
                                                    const line_index& lines);

/// What the value of that variable says. Unset: it is no time, or in another unit.
[[nodiscard]] std::optional<needed_time> needed_by_spring(std::string_view value, place at);

/// The smallest whole of which `needed` and the reserve (launch_steps.hpp) are parts, in full
/// seconds.
[[nodiscard]] std::chrono::seconds whole_for(std::chrono::milliseconds needed);

}  // namespace lastcall::lint
