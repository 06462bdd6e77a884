// The service of `lastcall up --port 8080 -- node server.js`: the same values as a file makes.
#pragma once

#include <string>
#include <vector>

#include "agent/config/service_spec.hpp"
#include "agent/config/surroundings.hpp"

namespace lastcall::agent {

/// As it was typed; empty: not given.
struct command_request {
    std::string name;                      ///< --name
    std::vector<std::string> addresses;    ///< --port, --listen: the forms of `listen`
    std::vector<std::string> command;      ///< behind --
    std::vector<std::string> environment;  ///< --env NAME=value
    std::string ready;                     ///< --ready: the short forms of `ready`
    std::string grace;                     ///< --grace
    std::string user;                      ///< --user
    std::string directory;                 ///< where it was typed, absolute
};

/// Errors: config::settings_error with a line for each problem, the option in front.
[[nodiscard]] service_spec spec_from_command(const command_request& from,
                                             const surroundings& here = this_machine());

/// "node" of /usr/bin/node, "server-v2" of ./server-v2: a name that a service may have.
[[nodiscard]] std::string name_from_program(const std::string& program);

/// A host with this service alone.
[[nodiscard]] host_spec host_of(service_spec one);

}  // namespace lastcall::agent
