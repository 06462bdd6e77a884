// One service of lastcall.yaml: its keys, and what they have to do with each other.
#include "agent/config/environment_file.hpp"
#include "agent/config/judge.hpp"
#include "agent/config/program_file.hpp"
#include "agent/config/read_parts.hpp"

namespace lastcall::agent {
namespace {

void take_files(const yaml_entry& entry, const reading& with, std::vector<std::string>& into) {
    for (const auto& one : entry.parts()) {
        try_taking(one, [&](const yaml_entry& part) {
            const auto file = absolute(part.text(), with.folder);
            into.push_back(file);
            std::string why;
            const auto text = with.here.read(file, longest_environment_file, why);
            if (!text) {
                part.refuse(why, "make it (KEY=value lines), or take it out");
            }
            std::vector<line_problem> problems;
            (void)read_environment_text(*text, problems);
            for (auto& wrong : problems) {
                part.found->add(
                    {file, wrong.line, 0, {}, std::move(wrong.why), std::move(wrong.fix)});
            }
        });
    }
}

void take_directory(const yaml_entry& entry, const reading& with, std::string& into) {
    into = absolute(entry.text(), with.folder);
    const auto kind = with.here.kind(into);
    if (kind != path_kind::directory) {
        entry.refuse(kind == path_kind::none ? "does not exist" : "is no directory",
                     "make it, or correct the path");
    }
}

void take_group(const yaml_entry& entry, const reading& with, std::string& into) {
    into = entry.text();
    const auto found = with.here.group(into);
    if (!found) {
        entry.refuse("is no group of this machine",
                     "groupadd --system " + into + ", or write one that exists");
    }
    if (*found != with.here.own_group() && with.here.own_user() != 0) {
        entry.refuse("is another group than lastcall's, and only root may change it",
                     "run the agent as root, or take group out");
    }
}

}  // namespace

void read_user(const yaml_entry& entry, const reading& with, std::string& into) {
    into = entry.text();
    if (const auto colon = into.find(':'); colon != std::string::npos) {
        entry.refuse("holds a group too", "write user: " + into.substr(0, colon) +
                                              " and group: " + into.substr(colon + 1));
    }
    const auto found = with.here.user(into);
    if (!found) {
        entry.refuse("is no user of this machine",
                     "useradd --system " + into + ", or write one that exists");
    }
    if (found->uid != with.here.own_user() && with.here.own_user() != 0) {
        entry.refuse("is not who lastcall runs as, and only root may start a program as another",
                     "run the agent as root, or take user out");
    }
}

void read_environment(const yaml_entry& entry, std::map<std::string, std::string>& into) {
    take_names(entry, "environment", [&](const std::string& name, const yaml_entry& one) {
        if (!is_variable_name(name)) {
            one.found->add(one.path, in_quotes(name) + " is no name of a variable",
                           "use letters, digits and _");
        } else if (const auto why = why_not_set(name); !why.empty()) {
            one.found->add(one.path, name + " " + why, "take it out");
        } else if (one.value.IsNull()) {
            one.refuse("has no value", "write " + name + ": \"\" for an empty one");
        } else {
            into[name] = one.text();
        }
    });
}

void read_service(const std::string& name, const yaml_entry& entry, const reading& with,
                  service_spec& into) {
    into.name = name;
    into.line = entry.found->line_of(entry.path);
    into.directory = with.folder;
    take_keys(
        entry, "a service",
        {{"command", [&](const yaml_entry& e) { into.command = e.command(); }},
         {"listen", [&](const yaml_entry& e) { read_sockets(e, with, into.sockets); }},
         {"ready", [&](const yaml_entry& e) { into.ready = read_check(e, check_use::ready); }},
         {"live",
          [&](const yaml_entry& e) {
              if (!e.is_word("none")) {
                  into.live = read_check(e, check_use::live);
              }
          }},
         {"environment", [&](const yaml_entry& e) { read_environment(e, into.environment); }},
         {"environment_files",
          [&](const yaml_entry& e) { take_files(e, with, into.environment_files); }},
         {"clear_environment", truth_into(into.clears_environment)},
         {"user", [&](const yaml_entry& e) { read_user(e, with, into.user); }},
         {"group", [&](const yaml_entry& e) { take_group(e, with, into.group); }},
         {"directory", [&](const yaml_entry& e) { take_directory(e, with, into.directory); }},
         {"umask", [&](const yaml_entry& e) { into.umask = e.octal("022"); }},
         {"stop", [&](const yaml_entry& e) { read_stop(e, into.stop); }},
         {"restart", [&](const yaml_entry& e) { read_restart(e, into.restart); }},
         {"limits", [&](const yaml_entry& e) { read_limits(e, into.limits); }},
         {"deploy", [&](const yaml_entry& e) { read_deploy(e, into.deploy); }},
         {"traffic", [&](const yaml_entry& e) { read_traffic(e, with, into.traffic); }},
         {"log", [&](const yaml_entry& e) { read_log(e, into.log); }},
         {"after", [&](const yaml_entry& e) { into.after = e.texts(); }}});
    judge_service(into, entry.path, with.here, *entry.found);
}

}  // namespace lastcall::agent
