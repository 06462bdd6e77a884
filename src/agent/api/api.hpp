// The agent's HTTP API: docs/agent-api.yaml, docs/agent-api.md. It runs on liblastcall's own
// server, one event loop for the unix socket and one for TLS.
//
// Who asks: over the unix socket whoever the kernel says (SO_PEERCRED), and only the agent's
// own user and root are listened to; over TLS the bearer of a token, who never is a user.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <lastcall/lifecycle.hpp>

#include "agent/api/events.hpp"
#include "agent/api/logs.hpp"
#include "agent/commands.hpp"

namespace lastcall::agent {

/// What the API is called in its answers (Lastcall-Api): a client of another one does not try.
inline constexpr int api_number = 1;

struct api_options {
    std::string socket;          ///< path of the unix socket
    host_spec::api_spec remote;  ///< `listen` empty: only the unix socket
    std::string version;         ///< of this program; Lastcall-Version
    std::string journal_file;    ///< whose size /metrics tells; empty: 0
    /// Reads the text of a lastcall.yaml; `file` is where it came from, or empty.
    /// Errors: config::settings_error becomes 422.
    std::function<host_spec(const std::string& text, const std::string& file)> read_config;
    /// What somebody should know: a tokens file that cannot be used, failures that pile up.
    std::function<void(const std::string& line)> log = [](const std::string&) {};
    /// The TLS listener: why it does not listen, whenever that is another reason; empty, once it
    /// does after all. Threads: any.
    std::function<void(const std::string& why_not)> remote_listening = {};
    std::chrono::milliseconds listen_again{5'000};  ///< where its address is in use
    uses_list uses = {};                            ///< components that must outlive the API
    event_timing events = {};
    std::chrono::milliseconds look_at_logs_every{200};
    unsigned token_failures = 10;  ///< of one address within the window; beyond: 429
    std::chrono::seconds token_window{60};
};

class api {
public:
    /// Listens, and adds "api" (and "api-tls") to `life`.
    ///
    /// Errors:   std::invalid_argument: `remote` lacks the certificate, the key or the tokens
    ///           file (nothing is ever served over TCP in plain text), an address or path that
    ///           cannot be; std::system_error: the socket is in use; std::runtime_error:
    ///           certificate, tokens file. Nothing listens then. An address of `remote` that is
    ///           in use is none: it is tried again, and `remote_listening` told.
    /// Lifetime: `of` outlives it; it outlives the `run` of `life`.
    api(lifecycle& life, api_options options, commands& of);
    api(const api&) = delete;
    api& operator=(const api&) = delete;
    ~api();

    /// Of the TLS listener; 0: there is none.
    [[nodiscard]] std::uint16_t port() const noexcept;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace lastcall::agent
