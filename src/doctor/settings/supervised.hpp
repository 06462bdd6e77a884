// How a supervisor stops one of the programs that it has started.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace lastcall::doctor {

struct supervised {
    int supervisor = 0;
    int program = 0;
    std::string name;  ///< "supervisord"
    int signal = 15;   ///< that it sends
    std::string signal_name = "SIGTERM";
    std::string signal_source;  ///< "stopsignal of /etc/supervisord.conf:9"
    bool to_group = false;      ///< everybody that the program has started gets it, too
    bool kills_group = false;   ///< and so does SIGKILL
    /// From the signal to SIGKILL; max(): never; unset: not known.
    std::optional<std::chrono::nanoseconds> wait;
    std::string source;               ///< "stopwaitsecs of /etc/supervisord.conf:8"
    std::string setting;              ///< "stopwaitsecs"; empty: it can not be set
    bool is_known = false;            ///< its configuration was read, or it has none
    bool is_default = true;           ///< the time is set nowhere
    std::size_t groups = 1;           ///< of programs, which it stops one after another
    std::chrono::nanoseconds all{0};  ///< what all of them take at most; 0: not known
};

}  // namespace lastcall::doctor
