// lastcall logs
#include <cstdio>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {

int run_logs_command(std::span<char* const> arguments) {
    command_line line("logs", "what a service has printed", {"[SERVICE] [OPTION...]"});
    agent_place where;
    std::string service;
    bool follows = false;
    std::int64_t lines = 100;
    line.word("a service", false, service);
    line.flag("-f,--follow", "stay, and print what comes", follows);
    line.number("-n,--lines", "the last so many lines [100]", 0, 100'000, lines);
    line.place_of_agent(where);
    line.epilogue(
        "Standard output and standard error of all its generations, byte for byte.\n\n"
        "  lastcall logs web -f -n 20\n\n"
        "Exit status: 0 printed, 1 there is no such service, 2 usage, 4 could not look.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("logs", purpose::looks, [&] {
        agent::api_client client(where.target());
        const auto name = service_meant(client, service);
        client.read_log(name, static_cast<std::size_t>(lines), follows, [](std::string_view piece) {
            const bool is_taken =
                std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size();
            return std::fflush(stdout) == 0 && is_taken;
        });
        return status_ok;
    });
}

}  // namespace lastcall::cli
