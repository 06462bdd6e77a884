// lastcall token NAME --role ROLE
#include "agent/api/tokens.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "agent/api/time_text.hpp"
#include "cli/command.hpp"
#include "config/values.hpp"
#include "sys/host.hpp"

namespace lastcall::cli {
namespace {

// "2027-01-31", "2027-01-31T08:00:00Z", or a duration from now on.
std::optional<std::chrono::nanoseconds> to_expiry(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto now = sys::wall_clock();
    const auto moment = agent::read_time(text);
    const auto made = moment ? *moment : now + config::to_duration(text, "--expires");
    if (made <= now) {
        throw config::settings_error("--expires: " + text + " is over already");
    }
    return made;
}

}  // namespace

int run_token(std::span<char* const> arguments) {
    CLI::App app(
        "Makes a token for the agent's API over TLS. It is shown once, on standard output.",
        "lastcall token");
    std::string name;
    std::string has;
    std::string expires;
    std::string file;
    app.add_option("name", name, "What the journal calls its bearer")
        ->required()
        ->type_name("NAME");
    app.add_option("--role", has, "read, deploy or approve")
        ->required()
        ->type_name("ROLE")
        ->check(CLI::IsMember({"read", "deploy", "approve"}));
    app.add_option("--expires", expires, "2027-01-31, 2027-01-31T08:00:00Z, or in 720h")
        ->type_name("TIME");
    app.add_option("--file", file, "The tokens file; without it the entry is printed")
        ->type_name("FILE");
    app.footer(
        "Exit status: 0 done, 1 the file cannot be changed, 2 usage.\n"
        "docs/agent-api.md describes the file.");
    std::vector<char*> argv{const_cast<char*>("lastcall token")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    try {
        app.parse(static_cast<int>(argv.size()), argv.data());
    } catch (const CLI::ParseError& e) {
        return app.exit(e, std::cout, std::cerr) == 0 ? status_ok : status_usage;
    }
    const agent::new_token made = agent::make_token();
    std::string entry;
    try {
        entry = agent::token_entry(name, *agent::to_role(has), made.hash, to_expiry(expires));
    } catch (const std::exception& e) {  // settings_error, invalid_argument
        std::cerr << "lastcall token: " << e.what() << "\n";
        return status_usage;
    }
    try {
        if (file.empty()) {
            std::cerr << "Put this into the tokens file of the agent, below `tokens:`\n" << entry;
        } else {
            agent::add_token(file, entry);
            std::cerr << name << " is in " << file << "; this is its token, it is not kept:\n";
        }
    } catch (const std::runtime_error& e) {  // settings_error, system_error
        std::cerr << "lastcall token: " << e.what() << "\n";
        return status_failed;
    }
    std::cout << made.secret << std::endl;
    return status_ok;
}

}  // namespace lastcall::cli
