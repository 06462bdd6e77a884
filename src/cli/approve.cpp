// lastcall approve
#include <iostream>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "sys/process/screen_size.hpp"

namespace lastcall::cli {
namespace {

struct approval {
    agent_place where;
    std::string number;
    std::string digest;
    bool yes = false;
    follow_terms how;
};

/// Returns: whether somebody said yes. Only who sees what will run is asked.
bool ask_person(const std::string& question) {
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

int approve(approval& wish) {
    agent::api_client client(wish.where.target());
    const auto target = "/v1/deploys/" + wish.number;
    const auto deploy = client.get(target);
    const auto digest = text_in(deploy, "digest");
    const bool is_asked_here = !wish.yes && wish.digest.empty();
    auto* const out = wish.how.as_json ? stderr : stdout;
    for (const auto& one : plan_lines(deploy, style_of(out, wish.where))) {
        std::fprintf(out, "%s\n", one.c_str());
    }
    std::fflush(out);
    if (!wish.digest.empty() && wish.digest != digest) {
        throw problem("deploy " + wish.number + " would run " + digest + ", not " + wish.digest,
                      "nothing was approved; look at what it is");
    }
    if (is_over(deploy)) {
        throw problem("deploy " + wish.number + " is over: " + text_in(deploy, "state"));
    }
    if (is_asked_here && !sys::is_terminal(0)) {
        throw problem("nobody can be asked here: standard input is no terminal",
                      "say --yes, or --digest " + digest + " to approve just that", status_usage);
    }
    if (is_asked_here && !ask_person("Approve deploy " + wish.number + " of " +
                                     harmless(text_in(deploy, "service")) + "?")) {
        std::cerr << "nothing was approved\n";
        return status_failed;
    }
    wish.how.after = newest_row(client);
    return follow_deploy(wish.where, client.post(target + "/approve", {{"digest", digest}}),
                         wish.how);
}

}  // namespace

int run_approve_command(std::span<char* const> arguments) {
    command_line line("approve", "shows a deploy that waits, and lets it go on",
                      {"NUMBER [OPTION...]"});
    approval wish;
    line.word("the number of a deploy; `lastcall status` tells it", true, wish.number);
    line.text("--digest", "DIGEST", "approve this and nothing else; does not ask", wish.digest);
    line.flag("-y,--yes", "do not ask", wish.yes);
    line.flag("--no-wait", "do not follow the deploy", wish.how.no_wait);
    line.flag("--json", "at the end the deploy as JSON on standard output", wish.how.as_json);
    line.place_of_agent(wish.where);
    line.epilogue(
        "An approval is for the digest that is shown: of the program, its arguments and its\n"
        "environment. What has another digest needs another approval.\n\n"
        "  lastcall approve 7\n\n"
        "Exit status: 0 approved and done, 1 refused, not approved or rolled back, 2 usage,\n"
        "4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (!is_deploy_number(wish.number)) {
        return line.refuse("\"" + wish.number + "\" is no number of a deploy");
    }
    return tell_problems("approve", purpose::changes, [&wish] { return approve(wish); });
}

}  // namespace lastcall::cli
