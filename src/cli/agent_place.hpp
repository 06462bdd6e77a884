// Which agent is meant: --home, --url and what goes with it.
#pragma once

#include <string>

#include "agent/api/client.hpp"

namespace lastcall::cli {

struct agent_place {
    std::string home;        ///< empty: by LASTCALL_HOME and the user
    std::string url;         ///< "https://HOST:PORT"; empty: the unix socket of `home`
    std::string token_file;  ///< whose first line is the bearer token
    std::string ca_file;     ///< whom to trust; empty: whom the system trusts

    [[nodiscard]] bool is_remote() const noexcept { return !url.empty(); }
    /// To be put behind a command that is suggested: " --home /x", or nothing.
    [[nodiscard]] std::string as_options() const;
    /// Errors: problem: a token file that cannot be used, a path that is too long.
    [[nodiscard]] agent::client_target target() const;
};

}  // namespace lastcall::cli
