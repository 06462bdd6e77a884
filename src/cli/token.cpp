// lastcall token NAME --role ROLE
#include "agent/api/tokens.hpp"

#include <iostream>

#include "agent/api/time_text.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
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
    command_line line("token", "makes a token for the agent's API over TLS",
                      {"NAME --role ROLE [OPTION...]"});
    std::string name;
    std::string has;
    std::string expires;
    std::string file;
    line.word("what the journal calls the bearer of the token", true, name);
    line.text("--role", "ROLE", "what it allows: read, deploy or approve", has);
    line.text("--expires", "TIME", "2027-01-31, 2027-01-31T08:00:00Z, or in 720h [never]", expires);
    line.text("--file", "FILE", "the tokens file; without it the entry is printed", file);
    line.epilogue(
        "It is shown once, on standard output. docs/agent-api.md describes the file.\n\n"
        "  lastcall token ci --role deploy --expires 720h --file tokens.yaml\n\n"
        "Exit status: 0 done, 1 the file cannot be changed, 2 usage.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    const auto allowed = agent::to_role(has);
    if (!allowed) {
        return line.refuse(has.empty()
                               ? "it needs --role: read, deploy or approve"
                               : "--role: \"" + has + "\" is none of read, deploy and approve");
    }
    const agent::new_token made = agent::make_token();
    std::string entry;
    try {
        entry = agent::token_entry(name, *allowed, made.hash, to_expiry(expires));
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
