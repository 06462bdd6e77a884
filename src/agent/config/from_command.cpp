#include "agent/config/from_command.hpp"

#include <filesystem>

#include "agent/config/environment_file.hpp"
#include "agent/config/judge.hpp"
#include "agent/config/read_parts.hpp"

namespace lastcall::agent {
namespace {

/// An option's value as an entry, so that it is read as a file's is.
yaml_entry option(problem_list& found, const std::string& name, const YAML::Node& value) {
    return {value, name, &found, 0, 0};
}

void take_variables(const command_request& from, problem_list& found, service_spec& into) {
    for (const auto& one : from.environment) {
        const auto at = one.find('=');
        const auto name = one.substr(0, at);
        if (at == std::string::npos || !is_variable_name(name)) {
            found.add("--env", in_quotes(one) + " is no variable", "write NAME=value");
        } else if (const auto why = why_not_set(name); !why.empty()) {
            found.add("--env", name + " " + why, "take it out");
        } else {
            into.environment[name] = one.substr(at + 1);
        }
    }
}

/// Messages of what belongs together name the keys of a file; here they are options.
std::string in_words_of_options(std::string text) {
    const std::pair<const char*, const char*> words[] = {
        {"up.listen", "--port"},
        {"up.command", "command"},
        {"up.ready", "--ready"},
        {"write listen: 8080", "write --port 8080"},
        {"up: the service has", "up: there is"},
    };
    for (const auto& [key, instead] : words) {
        if (const auto at = text.find(key); at != std::string::npos) {
            text.replace(at, std::string_view(key).size(), instead);
        }
    }
    return text;
}

}  // namespace

std::string name_from_program(const std::string& program) {
    constexpr std::string_view good =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    std::string made;
    for (const char c : std::filesystem::path(program).filename().string()) {
        made += good.find(c) == std::string_view::npos ? '-' : c;
    }
    made.erase(0, std::min(made.find_first_not_of(".-"), made.size()));
    made.resize(std::min<std::size_t>(made.size(), 64));
    return made.empty() ? "service" : made;
}

service_spec spec_from_command(const command_request& from, const surroundings& here) {
    problem_list found{{}};
    service_spec made;
    const reading with{here, from.directory};
    made.directory = from.directory;
    made.command = from.command;
    made.name = !from.name.empty()
                    ? from.name
                    : name_from_program(from.command.empty() ? "" : from.command.front());
    if (const auto why = why_no_name(made.name); !why.empty()) {
        found.add("--name", in_quotes(made.name) + " " + why,
                  "use up to 64 letters, digits, '.', '_' and '-'");
    }
    if (!from.addresses.empty()) {
        found.remember("up.listen", 0, 0);
        YAML::Node list(YAML::NodeType::Sequence);
        for (const auto& one : from.addresses) {
            list.push_back(one);
        }
        auto entry = option(found, "--port", list);
        for (const auto& one : entry.parts()) {
            auto part = one;
            part.path = "--port";
            part.line = part.column = 0;
            std::vector<socket_spec> read;
            try_taking(part, [&](const yaml_entry& e) { read_sockets(e, with, read); });
            for (auto& socket : read) {
                socket.name = made.sockets.empty()
                                  ? socket.name
                                  : "socket" + std::to_string(made.sockets.size() + 1);
                made.sockets.push_back(std::move(socket));
            }
        }
    }
    if (!from.ready.empty()) {
        try_taking(option(found, "--ready", YAML::Node(from.ready)),
                   [&](const yaml_entry& e) { made.ready = read_check(e, check_use::ready); });
    }
    if (!from.grace.empty()) {
        try_taking(option(found, "--grace", YAML::Node(from.grace)), [&](const yaml_entry& e) {
            made.stop.grace =
                e.duration(std::chrono::milliseconds(100), "nothing ends in that time");
        });
    }
    if (!from.user.empty()) {
        try_taking(option(found, "--user", YAML::Node(from.user)),
                   [&](const yaml_entry& e) { read_user(e, with, made.user); });
    }
    take_variables(from, found, made);
    judge_service(made, "up", here, found);
    auto alone = host_of(made);
    judge_host(alone, here, found);
    const auto has_own = [&from](const service_spec&) { return !from.grace.empty(); };
    take_platform_grace(alone, has_own, here, found);
    made.stop.grace = alone.services.front().stop.grace;
    if (found.has_errors()) {
        auto all = found.sorted();
        for (auto& one : all) {
            if (one.path == "services." + made.name + ".listen") {
                one.path = "--port";
            }
            one.path = in_words_of_options(one.path);
            one.fix = in_words_of_options(one.fix);
            one.why = in_words_of_options(one.why);
        }
        throw config_error(std::move(all));
    }
    return made;
}

host_spec host_of(service_spec one) {
    host_spec made;
    made.services.push_back(std::move(one));
    return made;
}

}  // namespace lastcall::agent
