#include "agent/plan/run_plan.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "agent/config/program_file.hpp"
#include "agent/config/spec_json.hpp"
#include "agent/plan/digest.hpp"
#include "agent/plan/known_digests.hpp"
#include "config/values.hpp"

namespace lastcall::agent {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t largest_argument = 64U << 20U;
constexpr std::size_t longest_first_line = 256;  // execve(2): what is read of a "#!" line

[[noreturn]] void refuse(const service_spec& spec, const std::string& why) {
    throw config::settings_error(spec.name + ": " + why);
}

std::string resolved(const std::string& path) {
    std::error_code error;
    const auto made = fs::canonical(path, error);
    return error ? path : made.string();
}

using reading = std::string (*)(const sys::held_file&);
constexpr reading anew = digest_of;
constexpr reading if_unknown = known_digest_of;

/// Opens and reads it. Errors: config::settings_error.
file_fact take_file(const service_spec& spec, const std::string& path, reading how,
                    std::shared_ptr<sys::held_file>& held) {
    try {
        file_fact made{resolved(path), {}, 0};
        held = std::make_shared<sys::held_file>(made.path);
        const auto facts = held->identity();
        if (!facts.is_regular) {
            refuse(spec, made.path + " is no regular file");
        }
        made.size = facts.size;
        made.digest = how(*held);
        return made;
    } catch (const std::system_error& e) {
        refuse(spec, std::string(e.what()) +
                         "; what runs is bound to its contents, so the agent has to read it: "
                         "chmod a+r, or run the agent as a user who may");
    }
}

/// The copy is for what is not at its path any more: there a program finds what belongs to it, as
/// java does its libraries.
void take_kept(const service_spec& spec, const std::string& at_its_path, run_plan& into) {
    into.program = take_file(spec, into.kept, anew, into.held);
    if (at_its_path.empty()) {
        return;
    }
    try {
        std::shared_ptr<sys::held_file> held;
        auto there = take_file(spec, at_its_path, anew, held);
        if (there.digest == into.program.digest) {
            into.program = std::move(there);
            into.held = std::move(held);
            into.kept.clear();
        }
    } catch (const config::settings_error&) {
        return;  // not to be read any more: the copy runs
    }
}

std::string interpreter_of(const sys::held_file& file) {
    std::array<std::byte, longest_first_line> bytes{};
    const auto got = file.read_at(0, bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), got);
    if (!text.starts_with("#!")) {
        return {};
    }
    const auto begin = text.find_first_not_of(" \t", 2);
    const auto end = std::min(text.find_first_of(" \t\n", begin), text.size());
    return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin));
}

void take_program(const service_spec& spec, const variable_map& environment,
                  const surroundings& here, reading how, run_plan& into) {
    if (spec.command.empty()) {
        refuse(spec, "there is no command");
    }
    const auto path = environment.find("PATH");
    const auto found =
        find_program_file(spec.command.front(), spec.directory,
                          path == environment.end() ? std::string{} : path->second, here);
    if (!into.kept.empty()) {
        take_kept(spec, found.file, into);
        return;
    }
    if (found.file.empty()) {
        refuse(spec, spec.command.front() + " " + found.problem + "; " + found.fix);
    }
    into.program = take_file(spec, found.file, how, into.held);
    const auto interpreter = interpreter_of(*into.held);
    if (!interpreter.empty()) {
        into.is_script = true;
        std::shared_ptr<sys::held_file> passing;
        into.files.push_back(take_file(spec, interpreter, how, passing));
    }
}

void take_arguments(const service_spec& spec, const surroundings& here, reading how,
                    run_plan& into) {
    for (std::size_t i = 1; i < spec.command.size(); ++i) {
        const auto& word = spec.command[i];
        if (word.empty() || word.size() > 4096 || word.find('\0') != std::string::npos) {
            continue;
        }
        const auto path = absolute(word, spec.directory);
        if (here.kind(path) != path_kind::file) {
            continue;
        }
        std::error_code error;
        if (const auto size = fs::file_size(path, error); error || size > largest_argument) {
            into.notes.push_back("the argument " + word +
                                 " is a file of more than 64 MiB: its contents are not bound");
            continue;
        }
        std::shared_ptr<sys::held_file> passing;
        into.files.push_back(take_file(spec, path, how, passing));
    }
}

void take_user(const service_spec& spec, const surroundings& here, run_plan& into) {
    into.uid = here.own_user();
    into.gid = here.own_group();
    if (!spec.user.empty()) {
        const auto who = here.user(spec.user);
        if (!who) {
            refuse(spec, "the user " + spec.user + " is not there any more");
        }
        into.uid = who->uid;
        into.gid = who->gid;
        into.groups = sys::groups_of(*who);
    }
    if (!spec.group.empty()) {
        const auto group = here.group(spec.group);
        if (!group) {
            refuse(spec, "the group " + spec.group + " is not there any more");
        }
        into.gid = *group;
    }
    std::sort(into.groups.begin(), into.groups.end());
    into.groups.erase(std::unique(into.groups.begin(), into.groups.end()), into.groups.end());
}

json fact_json(const file_fact& of) {
    return {{"path", text_json(of.path)}, {"digest", of.digest}, {"size_bytes", of.size}};
}

json environment_json(const variable_map& of) {
    auto names = json::array();
    digest all;
    for (const auto& [name, value] : of) {
        names.push_back(text_json(name));
        // The lengths in front keep two environments apart whose bytes are the same in a row.
        all.add(std::to_string(name.size()) + ":" + std::to_string(value.size()) + ":");
        all.add(name).add(value);
    }
    return {{"names", names}, {"values_digest", all.text()}};
}

json canonical_of(const service_spec& spec, const run_plan& plan) {
    auto made = json{{"lastcall_plan", 1},
                     {"service", plan.service},
                     {"argv", json::array()},
                     {"program", fact_json(plan.program)},
                     {"files", json::array()},
                     {"environment", environment_json(plan.environment)},
                     {"directory", text_json(plan.directory)},
                     {"uid", plan.uid},
                     {"gid", plan.gid},
                     {"groups", plan.groups},
                     {"umask", nullptr},
                     {"sockets", json::array()},
                     {"limits", to_json(spec.limits)},
                     {"stop", to_json(spec.stop)}};
    for (const auto& word : plan.argv) {
        made["argv"].push_back(text_json(word));
    }
    for (const auto& file : plan.files) {
        made["files"].push_back(fact_json(file));
    }
    if (spec.umask) {
        made["umask"] = *spec.umask;
    }
    for (const auto& socket : spec.sockets) {
        auto one = to_json(socket);
        one.erase("line");
        made["sockets"].push_back(std::move(one));
    }
    return made;
}

// ---- what has changed ----

std::string told(const std::string& what, const file_fact& before, const file_fact& after) {
    if (before.path != after.path) {
        return what + " is another file now: " + after.path + " in the place of " + before.path;
    }
    return what + " " + before.path + " has changed since: its contents were " +
           short_digest(before.digest) + ", and are " + short_digest(after.digest);
}

void compare_files(const run_plan& before, const run_plan& after, std::vector<std::string>& into) {
    const auto& [old_files, new_files] = std::tie(before.files, after.files);
    for (std::size_t i = 0; i < std::max(old_files.size(), new_files.size()); ++i) {
        if (i >= new_files.size()) {
            into.push_back("the file " + old_files[i].path + " is not there any more");
        } else if (i >= old_files.size()) {
            into.push_back("the argument " + new_files[i].path + " is a file now, and was none");
        } else if (old_files[i] != new_files[i]) {
            into.push_back(told("the file", old_files[i], new_files[i]));
        }
    }
}

void compare_environment(const variable_map& before, const variable_map& after,
                         std::vector<std::string>& into) {
    // Values are secrets: only names are told.
    for (const auto& [name, value] : before) {
        const auto now = after.find(name);
        if (now == after.end()) {
            into.push_back("the variable " + name + " is not there any more");
        } else if (now->second != value) {
            into.push_back("the variable " + name + " has another value");
        }
    }
    for (const auto& [name, value] : after) {
        if (!before.contains(name)) {
            into.push_back("the variable " + name + " is new");
        }
    }
}

run_plan plan_by(reading how, const service_spec& spec, const variable_map& base,
                 const surroundings& here, const std::string& kept) {
    run_plan made;
    made.kept = kept;
    made.service = spec.name;
    made.argv = spec.command;
    made.directory = spec.directory;
    made.environment = environment_of(spec, base, here);
    take_program(spec, made.environment, here, how, made);
    take_arguments(spec, here, how, made);
    take_user(spec, here, made);
    made.canonical = canonical_of(spec, made);
    made.digest = digest_of(made.canonical.dump());
    return made;
}

}  // namespace

run_plan make_plan(const service_spec& spec, const variable_map& base, const surroundings& here,
                   const std::string& kept) {
    return plan_by(if_unknown, spec, base, here, kept);
}

std::vector<std::string> verify_unchanged(const run_plan& plan, const service_spec& spec,
                                          const variable_map& base, const surroundings& here) {
    std::vector<std::string> changed;
    try {
        // What is held is the file that was planned, whatever its path leads to by now; it may
        // still have been written to.
        if (const auto now = digest_of(*plan.held); now != plan.program.digest) {
            changed.push_back(
                told("the program", plan.program, {plan.program.path, now, plan.program.size}));
        }
        const auto now = plan_by(anew, spec, base, here, plan.kept);
        if (now.program != plan.program && changed.empty()) {
            changed.push_back(now.program.path == plan.program.path
                                  ? "the program " + plan.program.path +
                                        " was replaced since: its contents were " +
                                        short_digest(plan.program.digest) + ", and are " +
                                        short_digest(now.program.digest)
                                  : told("the program", plan.program, now.program));
        }
        compare_files(plan, now, changed);
        compare_environment(plan.environment, now.environment, changed);
        if (now.uid != plan.uid || now.gid != plan.gid || now.groups != plan.groups) {
            changed.push_back("the user it runs as has another uid, or other groups");
        }
        if (changed.empty() && now.digest != plan.digest) {
            changed.push_back("the configuration of the service has changed");
        }
    } catch (const config::settings_error& e) {
        changed.emplace_back(e.what());
    } catch (const std::system_error& e) {
        changed.push_back(std::string("the program cannot be read any more: ") + e.what());
    }
    return changed;
}

}  // namespace lastcall::agent
