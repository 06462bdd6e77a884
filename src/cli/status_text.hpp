// `lastcall status` as a person reads it. Pure: the agent's answer, the screen and the present
// are values.
#pragma once

#include <chrono>
#include <string>

#include "cli/json_fields.hpp"
#include "cli/screen.hpp"

namespace lastcall::cli {

/// What the texts of an agent's answers have in common.
struct text_style {
    screen on;
    std::chrono::nanoseconds now{0};  ///< since 1970
    std::string options;              ///< behind a command that is suggested: " --home /x"
};

/// The table of all services, what is wrong with them below it, and the agent itself.
[[nodiscard]] std::string status_text(const json& agent, const text_style& style);

/// One service, with its generations, sockets and deploy.
[[nodiscard]] std::string service_text(const json& service, const text_style& style);

/// 0: every service is as somebody wanted it; 3: one has failed or is not ready, or the journal
/// is damaged.
[[nodiscard]] int status_of_agent(const json& agent);
[[nodiscard]] int status_of_service(const json& service);

/// "127.0.0.1:8080" of "tcp:127.0.0.1:8080".
[[nodiscard]] std::string address_text(const std::string& address);

/// The generation with this role; null when there is none.
[[nodiscard]] json generation_with(const json& service, std::string_view role);

/// The program's process id, else that of its lastcall-init; 0: nothing runs.
[[nodiscard]] std::int64_t process_of(const json& generation);

/// "7 baking, 3.2 s"; with what it waits for.
[[nodiscard]] std::string deploy_cell(const json& deploy, const text_style& style);

/// What to do about a deploy that waits for a person; empty: it waits for nobody.
[[nodiscard]] std::vector<std::string> decision_lines(const json& deploy, const text_style& style);

}  // namespace lastcall::cli
