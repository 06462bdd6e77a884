// lastcall agent: what lastcall-keeper starts. Not for people.
#include "agent/agent.hpp"

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_agent_command(std::span<char* const> arguments) {
    command_line line("agent", "decides for the keeper that starts it", {"[OPTION...]"});
    agent::agent_options how;
    std::string home;
    line.text("--home", "DIR", "its home [LASTCALL_HOME]", home);
    line.text("--wanted", "FILE", "the services as JSON, as `lastcall up` has read them",
              how.wanted_file);
    line.text("--init", "FILE", "lastcall-init", how.init_program);
    line.flag("-q,--quiet", "print nothing of what happens", how.is_quiet);
    line.epilogue("lastcall-keeper starts it: see `lastcall up --help`.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    how.where = agent::choose_places(home);
    how.version = LASTCALL_VERSION;
    how.own_arguments.assign(arguments.begin(), arguments.end());
    how.own_arguments.insert(how.own_arguments.begin(), "agent");
    return tell_problems("agent", purpose::changes, [&how] {
        try {
            return agent::run_agent(how);
        } catch (const std::runtime_error& e) {
            throw problem(e.what());
        }
    });
}

}  // namespace lastcall::cli
