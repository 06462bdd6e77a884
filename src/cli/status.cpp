// lastcall status
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "cli/row_stream.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;

struct status_wish {
    agent_place where;
    std::string service;
    bool as_json = false;
    bool watches = false;
};

struct picture {
    std::string text;
    int status = status_ok;
};

picture look(agent::api_client& client, const status_wish& wish) {
    const auto style = style_of(stdout, wish.where);
    if (wish.service.empty()) {
        const auto agent = client.get("/v1/status");
        return {wish.as_json ? json_line("lastcall_status", agent) : status_text(agent, style),
                status_of_agent(agent)};
    }
    const auto service = client.get(agent::service_path(wish.service));
    return {wish.as_json ? json_line("lastcall_service", service) : service_text(service, style),
            status_of_service(service)};
}

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

/// On a terminal the picture is drawn over itself, with the times of each second; elsewhere it
/// comes again when something has happened.
int watch(agent::api_client& client, const status_wish& wish) {
    const bool is_terminal = screen_of(1).is_terminal && !wish.as_json;
    row_stream rows(wish.where.target(), {.service = wish.service, .kinds = {}, .after = {}});
    for (;;) {
        const auto now = look(client, wish);
        // Home, the text with each line's rest cleared, then whatever is left below it.
        std::string text = is_terminal ? "\x1b[H" : "";
        for (const char c : now.text) {
            text += is_terminal && c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
        }
        print(is_terminal ? text + "\x1b[J" : text);
        json row;
        for (;;) {
            const auto what = rows.next(row, row_stream::clock::now() + 1s);
            if (what == row_stream::news::over) {
                throw problem("the agent has ended: " + rows.why(), {}, status_inconclusive);
            }
            if (what == row_stream::news::row || is_terminal) {
                break;
            }
        }
    }
}

}  // namespace

int run_status_command(std::span<char* const> arguments) {
    command_line line("status", "what runs, since when, and what is wrong with it",
                      {"[SERVICE] [OPTION...]"});
    status_wish wish;
    line.word("a service", false, wish.service);
    line.flag("-w,--watch", "stay, and show every change", wish.watches);
    line.flag("--json", "one JSON object on a line; with --watch one for each change",
              wish.as_json);
    line.place_of_agent(wish.where);
    line.epilogue(
        "  lastcall status            all services\n"
        "  lastcall status web        its generations, sockets and deploy\n\n"
        "Exit status: 0 all is as it was wanted, 1 there is no such service, 2 usage,\n"
        "3 a service has failed or is not ready, 4 could not look.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    return tell_problems("status", purpose::looks, [&wish] {
        agent::api_client client(wish.where.target());
        if (wish.watches) {
            if (screen_of(1).is_terminal && !wish.as_json) {
                print("\x1b[2J");
            }
            return watch(client, wish);
        }
        const auto now = look(client, wish);
        print(now.text);
        return now.status;
    });
}

}  // namespace lastcall::cli
