// The help of `lastcall drill`, of which some options belong to several of its commands.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace lastcall::cli {

/// Gives an application of CLI11 the help that every command has: its description and its footer
/// between `forms` and the options, in their groups. `name` of the command: "drill judge".
void set_help(CLI::App& app, std::string name, std::vector<std::string> forms);

}  // namespace lastcall::cli
