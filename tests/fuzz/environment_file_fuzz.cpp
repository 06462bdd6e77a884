// Any text is read as an environment file, line by line, or is refused with the line.
#include <algorithm>

#include "agent/config/environment_file.hpp"
#include "fuzz/target.hpp"

LASTCALL_FUZZ_TARGET(environment_file) {
    using namespace lastcall::agent;
    using lastcall::fuzz::must;
    std::vector<line_problem> problems;
    const auto found = read_environment_text(input, problems);
    const auto lines = std::count(input.begin(), input.end(), '\n') + 1;
    for (const auto& one : problems) {
        must(one.line >= 1 && one.line <= lines, "a problem has a line of the file");
        must(!one.why.empty(), "a problem says why");
    }
    for (const auto& [name, value] : found) {
        must(is_variable_name(name) && why_not_set(name).empty(), "a name that may be set");
        must(value.find('\0') == std::string::npos, "a value that a program can be given");
    }
}
