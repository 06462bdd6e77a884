// How long a server keeps a connection on which nothing is asked, as its command line says.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

struct keep_alive {
    std::string setting;  ///< "--timeout-keep-alive of uvicorn"
    std::chrono::milliseconds value{0};
    std::optional<place> at;  ///< unset: nobody says it, and the program has this value
    std::string file{};       ///< of the script that it stands in; empty: that of the chain
};

/// `lines`   of the file that the chain begins in
/// Returns:  unset where the program is none of those that are known, or ends a connection with
///           each answer.
[[nodiscard]] std::optional<keep_alive> keep_alive_of(const launch_chain& chain,
                                                      const line_index& lines);

}  // namespace lastcall::lint
