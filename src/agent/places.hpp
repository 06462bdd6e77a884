// Where the agent keeps what it keeps.
#pragma once

#include <string>

namespace lastcall::agent {

/// State that outlives a reboot, and what does not. Several agents of one host are told apart
/// by `state`.
struct places {
    std::string state;    ///< $LASTCALL_HOME, /var/lib/lastcall, $XDG_STATE_HOME/lastcall
    std::string runtime;  ///< $LASTCALL_HOME/run, /run/lastcall, $XDG_RUNTIME_DIR/lastcall

    [[nodiscard]] std::string journal() const { return state + "/journal.db"; }
    [[nodiscard]] std::string applied() const {
        return state + "/applied.json";
    }  ///< last host_spec
    [[nodiscard]] std::string logs() const { return state + "/logs"; }
    [[nodiscard]] std::string programs() const {
        return state + "/programs";
    }  ///< kept executables
    [[nodiscard]] std::string api_socket() const { return runtime + "/api.sock"; }
    [[nodiscard]] std::string lock() const { return runtime + "/lock"; }
};

/// By the environment and the user. Makes nothing.
[[nodiscard]] places choose_places(const std::string& home_option = {});

/// Makes the directories, mode 0700. Errors: std::system_error with the path.
void make_places(const places& where);

}  // namespace lastcall::agent
