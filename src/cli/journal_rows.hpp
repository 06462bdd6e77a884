// Rows of an agent's journal, as the stories of agent/story take them.
#pragma once

#include "agent/story/facts.hpp"
#include "cli/agent_place.hpp"
#include "cli/json_fields.hpp"

namespace lastcall::cli {

/// As the API writes it. Members that are missing stay empty.
[[nodiscard]] agent::journal_row row_of(const json& from);

/// The last `most` rows of a service and of the agent itself, or of all (`service` empty), in
/// the order of their numbers. From the agent; where none runs, from the file.
/// Errors: agent::client_error; problem.
[[nodiscard]] agent::story::rows last_rows(const agent_place& where, const std::string& service,
                                           std::size_t most);

/// Nothing, where there is a service of this name, or was one: `rows` are its own, as above.
/// Errors: agent::client_error, or problem where no agent runs: there is none, with the names.
void check_is_known(const agent_place& where, const std::string& service,
                    const agent::story::rows& rows);

}  // namespace lastcall::cli
