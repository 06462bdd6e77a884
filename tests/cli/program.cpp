#include "cli/program.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace lastcall::testing {

program_result run_shell(const std::string& command) {
    program_result made;
    FILE* const pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
    std::array<char, 4096> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        made.output.append(buffer.data(), size);
    }
    const int status = ::pclose(pipe);
    made.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return made;
}

program_result run_lastcall(const std::string& arguments) {
    return run_shell(LASTCALL " " + arguments);
}

std::string contents_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace lastcall::testing
