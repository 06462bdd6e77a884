// Where to ask whether a service is ready: "8080", "127.0.0.1:8080", "[::1]:8080",
// "8080/ready", "http://127.0.0.1:8080/ready". Numbers only: a name would need a resolver,
// which can hang, and which a container may not have.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::core {

struct probe_target {
    std::string_view host = "127.0.0.1";  ///< without brackets
    std::string_view authority;           ///< host and port as they were written
    std::string_view path = "/";
    std::uint16_t port = 0;
    bool is_v6 = false;
};

/// The parts are views into `text`.
/// Returns: false when it is none; then `why` says what is wrong with it.
bool read_probe_target(std::string_view text, bool is_http, probe_target& into,
                       text_sink& why) noexcept;

}  // namespace lastcall::core
