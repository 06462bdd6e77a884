// How long a program may take to stop, by its own settings: its command line, its environment, its
// configuration, and what holds where none of them says anything.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace lastcall::doctor {

struct seen_process;
struct surroundings;

struct own_time {
    std::string who;  ///< "gunicorn"
    /// max(): as long as it takes; unset: not known.
    std::optional<std::chrono::nanoseconds> time;
    std::string source;   ///< "graceful_timeout of /srv/gunicorn.conf.py:3"
    bool is_sure = true;  ///< false: what it was started with can not be read any more
};

/// Unset: nothing is known of such a program.
[[nodiscard]] std::optional<own_time> own_time_of(const seen_process& one,
                                                  const surroundings& around);

}  // namespace lastcall::doctor
