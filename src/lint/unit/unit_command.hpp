// The command lines of a unit: systemd.service(5), "COMMAND LINES".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lint/unit/unit_view.hpp"

namespace lastcall::lint {

struct command_word {
    mapped_text text;
    place at;              ///< in the file of the command
    bool is_known = true;  ///< no variable or specifier is left in it whose value is not known
};

struct unit_command {
    unit_source from;
    std::vector<command_word> words;   ///< the program first; argv[0] of @ is left out
    bool ignores_failure = false;      ///< -
    bool has_own_name = false;         ///< @
    bool keeps_variables = false;      ///< :
    bool has_full_privileges = false;  ///< + or !
    std::vector<problem> problems;     ///< an open quote, no program
};

/// The commands of ExecStart=, ExecStop=..., those that hold, in their order. Variables of
/// Environment= are put in, unless EnvironmentFile= or PassEnvironment= may change them.
[[nodiscard]] std::vector<unit_command> unit_commands(const unit_view& unit,
                                                      std::string_view section,
                                                      std::string_view setting);

}  // namespace lastcall::lint
