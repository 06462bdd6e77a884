// lastcall apply
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "agent/config/problem_text.hpp"
#include "agent/config/read_host.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "cli/row_stream.hpp"
#include "sys/signal/interrupt.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;

struct apply_wish {
    agent_place where;
    std::string file;
    bool no_wait = false;
    bool as_json = false;
};

/// All that is wrong is said here, with excerpts, before the agent is asked. What is good here
/// may still be wrong on another host: that one says it then.
std::string checked_text(const apply_wish& wish) {
    if (!wish.where.is_remote()) {
        const auto read = agent::look_at_host(wish.file);
        const bool colour = screen_of(2).has_colour;
        for (const auto& one : read.problems) {
            std::cerr << agent::explain(one, read.spec.file, read.text, colour);
        }
        if (!read.is_good()) {
            throw problem(wish.file + " is not good; nothing was changed",
                          "`lastcall check " + wish.file + "` looks again", status_usage);
        }
        return read.text;
    }
    std::ifstream stream(wish.file);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
        throw problem(wish.file + " cannot be read", {}, status_usage);
    }
    return text.str();
}

bool is_settled(const json& agent) {
    for (const auto& one : list_in(agent, "services")) {
        const auto state = text_in(one, "state");
        if (state == "starting" || state == "deploying" || state == "stopping" ||
            state == "waiting") {
            return false;
        }
    }
    return true;
}

/// Everything at rest, or one that needs a person.
json wait_until_settled(agent::api_client& client, const apply_wish& wish, std::int64_t after) {
    const auto& interrupted = sys::catch_interrupts();
    row_stream rows(wish.where.target(), {.service = {}, .kinds = {}, .after = after});
    for (;;) {
        auto now = client.get("/v1/status");
        if (is_settled(now)) {
            return now;
        }
        for (const auto& one : list_in(now, "services")) {
            const bool needs_person =
                !decision_lines(member(one, "deploy"), style_of(stdout, wish.where)).empty();
            if (needs_person || number_in(one, "restarts") > 0) {
                return now;
            }
        }
        for (bool is_news = false; !is_news;) {
            if (interrupted) {
                throw problem("no longer waiting; the agent goes on",
                              "lastcall status" + wish.where.as_options(), status_inconclusive);
            }
            json row;
            is_news = rows.next(row, row_stream::clock::now() + 200ms) != row_stream::news::nothing;
        }
    }
}

int apply(const apply_wish& wish) {
    const auto text = checked_text(wish);
    agent::api_client client(wish.where.target());
    const auto after = newest_row(client);
    auto now = client.apply(text, std::filesystem::absolute(wish.file).string());
    if (!wish.no_wait) {
        now = wait_until_settled(client, wish, after);
    }
    std::fputs(wish.as_json ? json_line("lastcall_status", now).c_str()
                            : status_text(now, style_of(stdout, wish.where)).c_str(),
               stdout);
    return wish.no_wait || status_of_agent(now) == status_ok ? status_ok : status_failed;
}

}  // namespace

int run_apply_command(std::span<char* const> arguments) {
    command_line line("apply", "a new lastcall.yaml for the agent that runs",
                      {"[FILE] [OPTION...]"});
    apply_wish wish;
    line.word("a lastcall.yaml", false, wish.file);
    line.flag("--no-wait", "do not wait until all is at rest again", wish.no_wait);
    line.flag("--json", "at the end the status as JSON on standard output", wish.as_json);
    line.place_of_agent(wish.where);
    line.epilogue(
        "New services start, changed ones are deployed, missing ones stop; what did not\n"
        "change is left alone. FILE is ./lastcall.yaml unless it is given.\n\n"
        "  lastcall apply lastcall.yaml\n\n"
        "Exit status: 0 applied, 1 refused or a service failed, 2 usage or a file with errors,\n"
        "4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (wish.file.empty()) {
        wish.file = "lastcall.yaml";
    }
    return tell_problems("apply", purpose::changes, [&wish] {
        try {
            return apply(wish);
        } catch (const config::settings_error& e) {
            throw problem(e.what(), "nothing was changed", status_usage);
        }
    });
}

}  // namespace lastcall::cli
