#include "agent/config/host_text.hpp"

#include <lastcall/duration.hpp>

#include "agent/config/program_file.hpp"
#include "agent/config/spec_json.hpp"
#include "agent/config/spec_words.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::agent {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string made;
    for (const auto& one : words) {
        made += (made.empty() ? "" : between) + one;
    }
    return made;
}

std::string words_of(const std::vector<std::string>& command) {
    std::string made;
    for (const auto& word : command) {
        const bool is_plain =
            !word.empty() && word.find_first_of(" \t\n\"'\\") == std::string::npos;
        made += (made.empty() ? "" : " ") + (is_plain ? word : in_quotes(word));
    }
    return made;
}

std::string runs_as(const service_spec& one, const surroundings& here) {
    const auto who = here.user(one.user.empty() ? std::to_string(here.own_user()) : one.user);
    std::string made = who && !who->name.empty() ? who->name : one.user;
    if (who) {
        made += " (uid " + std::to_string(who->uid) + ")";
    }
    return made + (one.group.empty() ? "" : ", group " + one.group);
}

std::string program_of(const service_spec& one, const surroundings& here) {
    const auto set = one.environment.find("PATH");
    return find_program_file(one.command.front(), one.directory,
                             set == one.environment.end() ? std::string{} : set->second, here)
        .file;
}

std::string stop_of(const stop_spec& stop) {
    std::string made;
    if (!stop.pre_stop.empty()) {
        made += words_of(stop.pre_stop) + ", ";
    }
    if (stop.delay.count() > 0) {
        made += "after " + to_text(stop.delay) + " ";
    }
    return made + std::string(sys::signal_name(stop.signal)) + ", at most " + to_text(stop.grace);
}

std::string deploy_of(const service_spec& one) {
    const auto& deploy = one.deploy;
    std::string made = deploy.needs_approval
                           ? "approved by " + joined(deploy.approvers, ", ") + "; "
                           : std::string{};
    made += "ready within " + to_text(deploy.ready_within) + ", bakes " + to_text(deploy.bake_for);
    if (one.traffic.how == traffic_spec::kind::haproxy) {
        made += ", behind HAProxy backend " + one.traffic.backend + " (" +
                joined(one.traffic.servers, ", ") + ")";
    }
    return made + (deploy.rolls_back_by_itself ? "" : ", no rollback by itself");
}

}  // namespace

std::string host_text(const host_spec& host, const surroundings& here) {
    std::string made;
    std::size_t number = 0;
    const auto line = [&made](const char* name, const std::string& value) {
        made += "     " + std::string(name) + std::string(8 - std::string_view(name).size(), ' ') +
                value + "\n";
    };
    for (const auto& one : host.services) {
        made += std::to_string(++number) + ". " + one.name +
                (one.after.empty() ? "" : "  (after " + joined(one.after, ", ") + ")") + "\n";
        line("runs", words_of(one.command));
        const auto file = program_of(one, here);
        if (!one.command.empty() && file != one.command.front()) {
            line("program", file);
        }
        line("as", runs_as(one, here) + " in " + one.directory);
        for (const auto& socket : one.sockets) {
            line("listens",
                 socket.address + "  " + socket.name + ", handover " + word_for(socket.how));
        }
        line("ready", text_of(one.ready));
        if (one.live) {
            line("live", text_of(*one.live) + " every " + to_text(one.live->interval));
        }
        line("deploy", deploy_of(one));
        line("stop", stop_of(one.stop));
    }
    if (!host.api.listen.empty()) {
        made += "api  " + host.api.listen + " (TLS, tokens of " + host.api.tokens_file + ")\n";
    }
    return made;
}

nlohmann::json check_json(const host_reading& read, const core::budget_chain* stop) {
    auto made = nlohmann::json{{"lastcall_check", 1},
                               {"file", text_json(read.spec.file)},
                               {"good", read.is_good() && (stop == nullptr || stop->fits())},
                               {"problems", nlohmann::json::array()}};
    for (const auto& one : read.problems) {
        made["problems"].push_back({{"file", text_json(one.file)},
                                    {"line", one.line},
                                    {"column", one.column},
                                    {"path", text_json(one.path)},
                                    {"why", text_json(one.why)},
                                    {"fix", text_json(one.fix)},
                                    {"severity", one.is_warning ? "warning" : "error"}});
    }
    if (stop == nullptr) {
        return made;
    }
    const auto ms = [](nanoseconds value) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
    };
    auto chain =
        nlohmann::json{{"total_ms", ms(stop->total())},      {"services_ms", ms(stop->services)},
                       {"agent_ms", ms(stop->own)},          {"limit_ms", nullptr},
                       {"limit_source", stop->limit_source}, {"fits", stop->fits()},
                       {"stages", nlohmann::json::array()},  {"services", nlohmann::json::array()},
                       {"findings", nlohmann::json::array()}};
    if (stop->limit) {
        chain["limit_ms"] = ms(*stop->limit);
    }
    for (const auto& one : stop->stages) {
        chain["stages"].push_back(
            {{"services", one.names}, {"longest", one.longest}, {"takes_ms", ms(one.takes)}});
    }
    for (const auto& one : stop->shares) {
        chain["services"].push_back({{"name", one.name},
                                     {"stage", one.stage},
                                     {"starts_ms", ms(one.starts)},
                                     {"announce_ms", ms(one.announce)},
                                     {"program_ms", ms(one.program)},
                                     {"reserve_ms", ms(one.reserve)}});
    }
    for (const auto& one : stop->findings) {
        chain["findings"].push_back(
            {{"severity", one.is_error ? "error" : "warning"}, {"why", one.why}, {"fix", one.fix}});
    }
    made["stop"] = std::move(chain);
    made["services"] = to_json(read.spec)["services"];
    return made;
}

}  // namespace lastcall::agent
