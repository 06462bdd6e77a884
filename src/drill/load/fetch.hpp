// One GET before or after the load: is it ready, which effects are there.
#pragma once

#include <chrono>
#include <string>

#include "drill/load/load_plan.hpp"

namespace lastcall::drill {

struct fetched {
    int status = 0;       ///< 0: there was no complete response
    std::string body;     ///< at most 256 MiB of it
    std::string problem;  ///< in words, when there was none
    /// A certificate that is not accepted, or no TLS at all: waiting does not help.
    bool is_tls_fault = false;
};

/// Whether a TLS handshake succeeds there, whatever its certificate. Blocks: up to `limit`.
[[nodiscard]] bool speaks_tls(const load_target& at, std::chrono::nanoseconds limit);

/// Blocks: up to `limit`. Errors: std::runtime_error (TLS settings).
[[nodiscard]] fetched fetch(const load_target& from, const std::string& target,
                            std::chrono::nanoseconds limit);

}  // namespace lastcall::drill
