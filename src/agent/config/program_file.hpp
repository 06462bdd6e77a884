// Which file a command's first word is.
#pragma once

#include <string>

#include "agent/config/surroundings.hpp"

namespace lastcall::agent {

struct program_found {
    std::string file;     ///< empty: there is none, and then `problem`
    std::string problem;  ///< "is not in PATH (/usr/bin:/bin)"
    std::string fix;
};

/// A word with a slash is a path, relative to `directory`; another one is looked for in
/// `path`, as execvpe(3) does. `path` empty: the PATH of this process.
[[nodiscard]] program_found find_program_file(const std::string& word, const std::string& directory,
                                              const std::string& path, const surroundings& here);

/// `path`, made absolute by `base`, without "." and "..".
[[nodiscard]] std::string absolute(const std::string& path, const std::string& base);

}  // namespace lastcall::agent
