// What stands for ${NAME} in a value of a compose file:
// https://docs.docker.com/reference/compose-file/interpolation/
#pragma once

#include <set>
#include <string>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

struct interpolated {
    mapped_text text;
    bool is_known = true;  ///< nothing is left of which only the environment knows the value
};

/// ${NAME:-text} is its text, as nobody knows of a value for NAME; $$ is a dollar.
/// `set_elsewhere`  names that have a value which is not read here, as those of a file .env
[[nodiscard]] interpolated interpolate(const mapped_text& value,
                                       const std::set<std::string, std::less<>>& set_elsewhere);

/// The names that a file .env sets.
[[nodiscard]] std::set<std::string, std::less<>> names_of_environment(std::string_view text);

}  // namespace lastcall::lint
