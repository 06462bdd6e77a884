// Asks an agent, for the command line: over the unix socket of its places, or over TLS with a
// token. docs/agent-api.yaml says what can be asked.
//
// One connection for each request. Nothing is tried twice: what a lost answer means is for the
// caller to say (a deploy with an Idempotency-Key may be asked for again).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "agent/places.hpp"

namespace lastcall::agent {

/// Why there is no good answer, in words that can be printed as they are.
class client_error : public std::runtime_error {
public:
    enum class kind : std::uint8_t {
        no_agent,       ///< nobody is there
        not_ours,       ///< somebody else's agent, or its socket is not for us
        other_version,  ///< it speaks another API, or is no agent of lastcall
        lost,           ///< the connection ended, or nothing came in time: it may have been done
        refused,        ///< the agent says no: `status`, `code`
        invalid,        ///< the target itself is wrong; nothing was sent
    };
    client_error(kind why, const std::string& message, std::string hint = {},
                 unsigned http_status = 0, std::string error_code = {})
        : std::runtime_error(message),
          status(http_status),
          code(std::move(error_code)),
          why_(why),
          hint_(std::move(hint)) {}

    [[nodiscard]] kind why() const noexcept { return why_; }
    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }  ///< may be empty

    unsigned status;   ///< HTTP's, when refused
    std::string code;  ///< "not_found", "conflict", ...

private:
    kind why_;
    std::string hint_;
};

struct client_target {
    std::string socket;   ///< path of the unix socket; used unless there is a URL
    std::string url;      ///< "https://host:7777"
    std::string token;    ///< for the URL
    std::string ca_file;  ///< PEM, whom to trust; empty: whom the system trusts

    [[nodiscard]] static client_target of(const places& where) {
        client_target made;
        made.socket = where.api_socket();
        return made;
    }
};

class client_channel;

class api_client {
public:
    using json = nlohmann::json;
    using fields = std::map<std::string, std::string>;

    /// Connects nowhere yet. Errors: client_error (invalid).
    explicit api_client(client_target to);

    // All below: Errors: client_error. Blocks: until the answer has come, 30 s at most.
    [[nodiscard]] json get(const std::string& target);
    json post(const std::string& target, const json& body = json::object(),
              const fields& more = {});
    /// Sends the text of a lastcall.yaml; `file` is its path.
    json apply(const std::string& yaml, const std::string& file);
    /// /metrics
    [[nodiscard]] std::string text(const std::string& target);

    struct event_wish {
        std::string service;                ///< empty: all
        std::vector<std::string> kinds;     ///< empty: all
        std::optional<std::int64_t> after;  ///< unset: only what is new
    };
    struct event_end {
        std::int64_t last = 0;  ///< number of the last row; 0: none came
        std::string reason;     ///< what the agent gave as such; empty: the callback wanted it
    };
    /// Calls back with each row until that returns false, or the agent ends the stream.
    /// Errors also: lost, when not even a heartbeat came for 45 s.
    event_end follow_events(const event_wish& what,
                            const std::function<bool(const json& row)>& take);

    /// Calls back with pieces of the log, not always whole lines, until that returns false or
    /// the log ends; one that is followed ends with the agent.
    void read_log(const std::string& service, std::size_t tail, bool follow,
                  const std::function<bool(std::string_view piece)>& take);

    /// Of the agent that answered last; empty before.
    [[nodiscard]] const std::string& agent_version() const noexcept { return agent_version_; }
    /// "the agent at /run/lastcall/api.sock".
    [[nodiscard]] std::string name() const;

private:
    using taker = std::function<bool(std::string_view piece)>;
    struct question {
        std::string method, target, type, body;
        fields more;
        taker take;  ///< for the body of a 200; unset: it is collected
        std::optional<std::chrono::milliseconds> patience{std::chrono::seconds(30)};
    };

    std::string ask(const question& what);
    [[nodiscard]] std::string read_answer(client_channel& from, const question& what);
    void check_version(const std::string& api, unsigned status) const;
    [[nodiscard]] json ask_json(const question& what);
    [[nodiscard]] std::string head_of(const question& what) const;

    client_target to_;
    std::string host_, port_;  ///< of the URL
    std::string agent_version_;
};

/// The path of a service or of a part of it: encoded as it must be.
[[nodiscard]] std::string service_path(const std::string& name, std::string_view part = {});

}  // namespace lastcall::agent
