// lastcall start
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_start_command(std::span<char* const> arguments) {
    command_line line("start", "starts a service that was stopped, or has failed",
                      {"[SERVICE] [OPTION...]"});
    agent_place where;
    std::string service;
    follow_terms how;
    line.word("a service", false, service);
    line.flag("--no-wait", "do not wait until it is ready", how.no_wait);
    line.flag("--json", "at the end the deploy as JSON on standard output", how.as_json);
    line.place_of_agent(where);
    line.epilogue(
        "After a crash loop the count begins anew.\n\n"
        "  lastcall start web\n\n"
        "Exit status: 0 it is ready, 1 it is not or was refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("start", purpose::changes, [&] {
        agent::api_client client(where.target());
        const auto name = service_meant(client, service);
        how.after = newest_row(client);
        const auto answer = client.post(agent::service_path(name, "start"));
        if (const auto& deploy = member(answer, "deploy"); deploy.is_object()) {
            return follow_deploy(where, deploy, how);
        }
        std::fputs(service_text(answer, style_of(stdout, where)).c_str(), stdout);
        return status_ok;
    });
}

}  // namespace lastcall::cli
