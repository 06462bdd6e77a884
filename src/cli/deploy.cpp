// lastcall deploy
#include <filesystem>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::cli {
namespace {

namespace fs = std::filesystem;

struct deploy_wish {
    agent_place where;
    std::string service;
    std::string program;  ///< --to
    std::vector<std::string> command;
    bool has_command = false;
    std::vector<std::string> environment;
    std::string note;
    bool force = false;
    bool no_wait = false;
    bool as_json = false;
};

/// A path is meant as it is typed, and the agent runs elsewhere. What has no slash is searched
/// in the PATH of the service.
std::string program_meant(const std::string& typed, const agent_place& where) {
    if (where.is_remote() || typed.find('/') == std::string::npos) {
        return typed;
    }
    const auto path = fs::absolute(typed).lexically_normal();
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
        throw problem("there is no " + path.string(), "name the program of the new version");
    }
    if (fs::is_directory(path, ignored)) {
        throw problem(path.string() + " is a directory", "name the program in it");
    }
    return path.string();
}

json variables_of(const std::vector<std::string>& typed) {
    json made = json::object();
    for (const auto& one : typed) {
        const auto at = one.find('=');
        if (at == 0 || at == std::string::npos) {
            throw problem("--env: \"" + one + "\" is no variable", "write NAME=value",
                          status_usage);
        }
        made[one.substr(0, at)] = one.substr(at + 1);
    }
    return made;
}

/// What runs now, with another program in front.
std::vector<std::string> command_with(agent::api_client& client, const deploy_wish& wish) {
    const auto service = client.get(agent::service_path(wish.service));
    auto command = texts_in(generation_with(service, "current"), "command");
    if (command.empty()) {
        throw problem(
            wish.service + " has not run yet: --to has no arguments to keep",
            "give the whole command: lastcall deploy " + wish.service + " -- PROGRAM ARGUMENT...");
    }
    command.front() = program_meant(wish.program, wish.where);
    return command;
}

int deploy(deploy_wish& wish) {
    agent::api_client client(wish.where.target());
    wish.service = service_meant(client, wish.service);
    json body = {{"note", wish.note}, {"force", wish.force}};
    if (!wish.program.empty()) {
        body["command"] = command_with(client, wish);
    } else if (wish.has_command) {
        auto command = wish.command;
        command.front() = program_meant(command.front(), wish.where);
        body["command"] = command;
    }
    body["environment"] = variables_of(wish.environment);
    const auto after = newest_row(client);
    // An answer that was lost is asked for again: with the key there is no second deploy.
    const agent::api_client::fields key = {{"Idempotency-Key", sys::random_digits()}};
    const auto ask = [&] {
        return client.post(agent::service_path(wish.service, "deploys"), body, key);
    };
    json answer;
    try {
        answer = ask();
    } catch (const agent::client_error& e) {
        if (e.why() != agent::client_error::kind::lost) {
            throw;
        }
        answer = ask();
    }
    return follow_deploy(wish.where, answer,
                         {.as_json = wish.as_json, .no_wait = wish.no_wait, .after = after});
}

}  // namespace

int run_deploy_command(std::span<char* const> arguments) {
    command_line line(
        "deploy", "a new version of a service, without losing a request",
        {"[SERVICE] [OPTION...] -- PROGRAM [ARGUMENT...]", "[SERVICE] [OPTION...] --to PROGRAM"});
    deploy_wish wish;
    line.word("a service", false, wish.service);
    line.rest(wish.command, wish.has_command);
    line.text("--to", "PROGRAM", "another program, with the arguments it has now", wish.program);
    line.texts("--env", "NAME=VALUE", "a variable of its environment; again for more",
               wish.environment);
    line.remark("--note", "what it is for; kept in the journal", wish.note);
    line.flag("--force", "also when the present version is not healthy; without a bake",
              wish.force);
    line.flag("--no-wait", "do not follow it, nor wait for an approval", wish.no_wait);
    line.flag("--json", "at the end the deploy as JSON on standard output", wish.as_json);
    line.place_of_agent(wish.where);
    line.epilogue(
        "SERVICE may be left out when there is only one. The old version leaves when the\n"
        "new one serves; a new one that does not become ready is stopped, and the old one\n"
        "was never touched. Ctrl-C only stops following. A deploy that needs an approval\n"
        "waits for it.\n\n"
        "  lastcall deploy web --to ./server-v2 --note 'fix of the login'\n\n"
        "Exit status: 0 done, 1 rolled back, rejected or refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (wish.has_command && wish.command.empty()) {
        return line.refuse("there is no program behind --");
    }
    if (wish.has_command && !wish.program.empty()) {
        return line.refuse("--to and a command behind -- are two ways to say one thing");
    }
    if (!wish.has_command && wish.program.empty() && wish.environment.empty()) {
        return line.refuse("what is to be deployed? `lastcall restart` starts the same again");
    }
    return tell_problems("deploy", purpose::changes, [&wish] { return deploy(wish); });
}

}  // namespace lastcall::cli
