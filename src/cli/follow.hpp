// Follows a deploy until it is over, and says what happens.
#pragma once

#include <cstdio>
#include <string>

#include "cli/agent_place.hpp"
#include "cli/deploy_text.hpp"

namespace lastcall::cli {

struct follow_terms {
    bool as_json = false;  ///< at the end the deploy on standard output; what happens on stderr
    bool no_wait = false;  ///< only say what was begun
    bool is_taken_back = false;  ///< `rolled_back` is what was asked for
    std::int64_t after = 0;      ///< the last row of the journal before the deploy was asked for
};

/// `deploy`  as the agent answered it.
/// Returns: the exit status: 0 done (or begun, without waiting), 1 rolled back or rejected, 4
/// Ctrl-C, or the connection was lost and the agent does not come back.
/// Errors: agent::client_error; problem.
[[nodiscard]] int follow_deploy(const agent_place& where, const json& deploy,
                                const follow_terms& how);

/// Posts `verb` ("restart", "rollback") to a service, and follows the deploy that comes of it.
/// `service`  empty: the only one. Returns and errors: as above.
[[nodiscard]] int ask_and_follow(const agent_place& where, const std::string& service,
                                 const char* verb, follow_terms how);

/// Of the newest row; 0 when there is none.
[[nodiscard]] std::int64_t newest_row(agent::api_client& client);

/// The service that is meant by `name`; empty: the only one there is.
/// Errors: problem: there is none, or more than one.
[[nodiscard]] std::string service_meant(agent::api_client& client, const std::string& name);

/// From 1 up, in digits.
[[nodiscard]] bool is_deploy_number(const std::string& text);

/// How texts for this stream are made now.
[[nodiscard]] text_style style_of(std::FILE* stream, const agent_place& where);

/// One JSON object on a line: {"KIND": 1, ...}; the number is the version of its form.
[[nodiscard]] std::string json_line(const char* kind, const json& value);

}  // namespace lastcall::cli
