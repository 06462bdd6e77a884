// Runs `lastcall` in a shell and keeps what it says.
#pragma once

#include <filesystem>
#include <string>

namespace lastcall::testing {

struct program_result {
    int status = -1;
    std::string output;  ///< stdout and stderr
};

/// `arguments` as they are typed.
program_result run_lastcall(const std::string& arguments);

/// Any command line.
program_result run_shell(const std::string& command);

std::string contents_of(const std::filesystem::path& file);

}  // namespace lastcall::testing
