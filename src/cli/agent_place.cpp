#include "cli/agent_place.hpp"

#include <fstream>

#include "cli/problem.hpp"
#include "cli/screen.hpp"

namespace lastcall::cli {
namespace {

// unix(7): sun_path has 108 bytes, with the NUL.
constexpr std::size_t longest_socket_path = 107;

std::string read_token(const std::string& file) {
    std::ifstream stream(file);
    std::string line;
    if (!stream || !std::getline(stream, line) || line.empty()) {
        throw problem("--token-file: " + file + " cannot be read, or is empty",
                      "its first line is the token", status_usage);
    }
    line.erase(line.find_last_not_of(" \r\t") + 1);
    return line;
}

}  // namespace

std::string agent_place::as_options() const {
    std::string made;
    const auto add = [&made](const char* name, const std::string& value) {
        if (!value.empty()) {
            made += std::string(" ") + name + " " + shell_text({&value, 1});
        }
    };
    add("--home", home);
    add("--url", url);
    add("--token-file", token_file);
    add("--ca-file", ca_file);
    return made;
}

agent::client_target agent_place::target() const {
    agent::client_target made;
    if (!is_remote()) {
        if (!token_file.empty() || !ca_file.empty()) {
            throw problem("--token-file and --ca-file are for an agent on another host",
                          "name it with --url https://HOST:PORT", status_usage);
        }
        made = agent::client_target::of(agent::choose_places(home));
        if (made.socket.size() > longest_socket_path) {
            throw problem(made.socket + " is too long for a unix socket (at most " +
                              std::to_string(longest_socket_path) + " bytes)",
                          "choose another home", status_usage);
        }
        return made;
    }
    if (!home.empty()) {
        throw problem("--home and --url name two agents", "leave one of them out", status_usage);
    }
    made.url = url;
    made.ca_file = ca_file;
    if (!token_file.empty()) {
        made.token = read_token(token_file);
    }
    return made;
}

}  // namespace lastcall::cli
