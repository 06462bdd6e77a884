#include "agent/config/read_host.hpp"

#include <algorithm>
#include <filesystem>

#include <lastcall/duration.hpp>

#include "agent/config/address.hpp"
#include "agent/config/judge.hpp"
#include "agent/config/program_file.hpp"
#include "agent/config/read_parts.hpp"
#include "config/yaml_documents.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_file = 1U << 20U;
constexpr std::size_t most_services = 256;

void take_services(const yaml_entry& entry, const reading& with, host_spec& into) {
    if (entry.value.IsMap() && entry.value.size() > most_services) {
        entry.refuse("there are " + std::to_string(entry.value.size()) + " services",
                     "one agent has room for " + std::to_string(most_services));
    }
    take_names(entry, "services", [&](const std::string& name, const yaml_entry& one) {
        if (const auto why = why_no_name(name); !why.empty()) {
            one.found->add(entry.path, "the name " + in_quotes(name) + " " + why,
                           "use up to 64 letters, digits, '.', '_' and '-'");
            return;
        }
        service_spec made;
        read_service(name, one, with, made);
        into.services.push_back(std::move(made));
    });
    if (into.services.empty() && !entry.found->has_errors()) {
        entry.refuse("there is no service", "write NAME: {command: PROGRAM}");
    }
}

entry_taker file_into(std::string& into, const reading& with, bool is_secret) {
    return [&into, &with, is_secret](const yaml_entry& entry) {
        into = absolute(entry.text(), with.folder);
        const auto kind = with.here.kind(into);
        if (kind != path_kind::file) {
            entry.refuse(kind == path_kind::none ? "does not exist" : "is no regular file",
                         "make it, or correct the path");
        }
        if (is_secret && with.here.is_open_to_others(into)) {
            entry.warn("can be read by others than its owner", "chmod 600 " + into);
        }
    };
}

void take_api(const yaml_entry& entry, const reading& with, host_spec::api_spec& into) {
    take_keys(entry, "api",
              {{"listen",
                [&](const yaml_entry& one) {
                    const auto read = read_address(one.text(), with.here.has_ipv6());
                    if (!read.problem.empty()) {
                        one.refuse(read.problem, read.fix);
                    }
                    if (parts_of(read.address).is_unix) {
                        one.refuse("is a unix socket, and the agent has one already",
                                   "write it as 127.0.0.1:7777, or take it out");
                    }
                    into.listen = read.address;
                }},
               {"certificate", file_into(into.certificate, with, false)},
               {"key", file_into(into.key, with, true)},
               {"tokens", file_into(into.tokens_file, with, true)}});
    const auto has = [&](const char* key) { return entry.found->knows(entry.path + "." + key); };
    if (has("listen")) {
        for (const char* const key : {"certificate", "key", "tokens"}) {
            if (!has(key)) {
                entry.found->add(entry.path,
                                 std::string("listen needs ") + key +
                                     ": whoever reaches the port could stop services",
                                 std::string("write ") + key +
                                     ": FILE, or take listen out and use the unix socket");
            }
        }
    }
    if (!has("listen") && has("certificate") != has("key")) {
        entry.found->add(entry.path, "certificate and key go together", "write both");
    }
}

void take_all(const yaml_entry& entry, const reading& with, host_spec& into) {
    if (entry.value.IsNull() || !entry.value.IsDefined()) {
        entry.found->add({{},
                          0,
                          0,
                          {},
                          "the file is empty",
                          "write services: {web: {command: …, listen: 8080}}"});
        return;
    }
    if (!entry.value.IsMap()) {
        entry.refuse("the file has to be a map, as services: …");
    }
    take_keys(
        entry, "lastcall.yaml",
        {{"services", [&](const yaml_entry& one) { take_services(one, with, into); }},
         {"api", [&](const yaml_entry& one) { take_api(one, with, into.api); }},
         {"stop_within", duration_into(into.stop_within, 1s, "no service stops in that time")},
         {"journal", [&](const yaml_entry& one) {
              take_keys(one, "journal", {{"limit", bytes_into(into.journal_limit, 1U << 20U)}});
          }}});
    if (!entry.found->knows("services")) {
        entry.found->add({{},
                          0,
                          0,
                          {},
                          "the file has no services",
                          "write services: {web: {command: …, listen: 8080}}"});
    }
}

/// What yaml-cpp says, in our words where it has none that help.
problem yaml_problem(const YAML::Exception& e, const std::string& text) {
    problem made{{}, e.mark.line + 1, e.mark.column + 1, {}, "this is no YAML: " + e.msg, {}};
    if (e.mark.line < 0) {
        made.line = made.column = 0;
    }
    std::size_t at = 0;
    for (int line = 0; line < e.mark.line && at != std::string::npos; ++line) {
        at = text.find('\n', at);
        at = at == std::string::npos ? at : at + 1;
    }
    if (at != std::string::npos &&
        text.find_first_not_of(' ', at) == text.find_first_of('\t', at) &&
        text.find('\t', at) != std::string::npos) {
        made.why = "this is no YAML: a tab stands in front of the key";
        made.fix = "use blanks";
    }
    return made;
}

}  // namespace

bool host_reading::is_good() const {
    return std::all_of(problems.begin(), problems.end(),
                       [](const problem& one) { return one.is_warning; });
}

host_reading look_at_text(std::string text, const std::string& file, const std::string& folder,
                          const surroundings& here) {
    host_reading made;
    made.text = std::move(text);
    made.spec.file = file;
    problem_list found(file);
    const reading with{here, folder};
    try {
        if (made.text.size() > longest_file) {
            found.add({{},
                       0,
                       0,
                       {},
                       "the file is larger than 1 MiB",
                       "it is read as a whole: keep data elsewhere"});
        } else {
            if (config::has_more_documents(made.text)) {
                found.add({{},
                           0,
                           0,
                           {},
                           "the file holds more than one document",
                           "keep one, and nothing behind its end"});
            }
            yaml_entry all{YAML::Load(made.text), {}, &found, 1, 1};
            try_taking(all, [&](const yaml_entry& one) { take_all(one, with, made.spec); });
            judge_host(made.spec, here, found);
            const auto has_own = [&found](const service_spec& one) {
                return found.knows("services." + one.name + ".stop.grace");
            };
            take_platform_grace(made.spec, has_own, here, found);
        }
    } catch (const YAML::Exception& e) {
        found.add(yaml_problem(e, made.text));
    }
    made.problems = found.sorted();
    made.api_listen = found.at("api.listen");
    return made;
}

host_reading look_at_host(const std::string& file, const surroundings& here) {
    std::string why;
    auto text = here.read(file, longest_file, why);
    if (!text) {
        throw config::settings_error(file + ": the file " + why);
    }
    const auto folder = std::filesystem::absolute(file).parent_path().lexically_normal();
    return look_at_text(std::move(*text), file, folder.string(), here);
}

host_spec read_host(const std::string& file, const surroundings& here) {
    auto read = look_at_host(file, here);
    if (!read.is_good()) {
        throw config_error(std::move(read.problems));
    }
    return std::move(read.spec);
}

}  // namespace lastcall::agent
