#include "agent/plan/run_environment.hpp"

#include <algorithm>
#include <array>

#include "agent/config/environment_file.hpp"

extern char** environ;  // environ(7): no header of the standard library has it

namespace lastcall::agent {
namespace {

/// Of the agent's unit, or of the keeper that started it.
bool is_of_agent(const std::string& name) {
    constexpr std::array names{"INVOCATION_ID",
                               "JOURNAL_STREAM",
                               "SYSTEMD_EXEC_PID",
                               "MANAGERPID",
                               "FDSTORE",
                               "MAINPID",
                               "CREDENTIALS_DIRECTORY",
                               "RUNTIME_DIRECTORY",
                               "STATE_DIRECTORY",
                               "_",
                               "SHLVL",
                               "OLDPWD",
                               "PWD"};
    return name.starts_with("LASTCALL_") || !why_not_set(name).empty() ||
           std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

variable_map inheritable_environment() {
    variable_map made;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const auto at = text.find('=');
        if (at != std::string::npos && at > 0 && !is_of_agent(text.substr(0, at))) {
            made[text.substr(0, at)] = text.substr(at + 1);
        }
    }
    return made;
}

variable_map environment_of(const service_spec& spec, const variable_map& base,
                            const surroundings& here) {
    variable_map made;
    if (!spec.clears_environment) {
        made = base;
    } else if (const auto path = base.find("PATH"); path != base.end()) {
        made.insert(*path);
    }
    if (!spec.user.empty()) {
        if (const auto who = here.user(spec.user); who && !who->name.empty()) {
            made["HOME"] = who->home;
            made["USER"] = made["LOGNAME"] = who->name;
        }
    }
    for (const auto& file : spec.environment_files) {
        for (auto& [name, value] : read_environment_file(file, here)) {
            made[name] = std::move(value);
        }
    }
    for (const auto& [name, value] : spec.environment) {
        made[name] = value;
    }
    return made;
}

std::vector<std::string> entries_of(const variable_map& of) {
    std::vector<std::string> made;
    made.reserve(of.size());
    for (const auto& [name, value] : of) {
        made.push_back(name + "=" + value);
    }
    return made;
}

}  // namespace lastcall::agent
