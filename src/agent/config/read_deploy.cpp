// How a new version comes in: deploy (approval, bake window, rollback) and traffic.
#include <lastcall/duration.hpp>

#include "agent/config/address.hpp"
#include "agent/config/program_file.hpp"
#include "agent/config/read_parts.hpp"
#include "agent/config/spec_words.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;

void take_approvers(const yaml_entry& entry, deploy_spec& into) {
    into.needs_approval = true;
    into.approvers = entry.texts();
    if (into.approvers.empty()) {
        entry.refuse("nobody could approve", "name users, group:NAME or token:NAME");
    }
}

/// none | [alice, group:ops] | {by: […], within: 24h, own: false}
void take_approval(const yaml_entry& entry, deploy_spec& into) {
    if (entry.is_word("none")) {
        into.needs_approval = false;
        return;
    }
    if (entry.is_word("required") || entry.is_word("true")) {
        entry.refuse("does not say from whom", "write approval: {by: [alice, group:ops]}");
    }
    if (!entry.value.IsMap()) {
        take_approvers(entry, into);
        return;
    }
    take_keys(entry, "approval",
              {{"by", [&](const yaml_entry& one) { take_approvers(one, into); }},
               {"within", duration_into(into.approve_within, 1s, "nobody can answer in that time")},
               {"own", truth_into(into.own_approval)}});
    if (!entry.found->knows(entry.path + ".by")) {
        entry.refuse("the approval does not say from whom", "write by: [alice, group:ops]");
    }
}

/// 10s, or {for: 10s, checks: […]}
void take_bake(const yaml_entry& entry, deploy_spec& into) {
    if (!entry.value.IsMap()) {
        into.bake_for = entry.duration();
        return;
    }
    take_keys(entry, "bake",
              {{"for", duration_into(into.bake_for)},
               {"checks", [&](const yaml_entry& one) {
                    for (const auto& part : one.parts()) {
                        try_taking(part, [&](const yaml_entry& check) {
                            into.bake_checks.push_back(read_check(check, check_use::bake));
                        });
                    }
                }}});
    for (const auto& check : into.bake_checks) {
        const auto first_verdict = check.interval * (check.failures - 1);
        if (first_verdict >= into.bake_for) {
            entry.found->add(entry.path + ".checks",
                             "\"" + text_of(check) + "\" could not fail within the bake window: " +
                                 std::to_string(check.failures) + " failures, each " +
                                 to_text(check.interval) + " after the other, take longer than " +
                                 to_text(into.bake_for),
                             "raise for to more than " + to_text(first_verdict) +
                                 ", or lower interval or failures");
        }
    }
}

// ---- HAProxy ----

/// Names go into commands of the runtime API, where blanks, ';' and '/' have a meaning.
std::string haproxy_name(const yaml_entry& entry) {
    auto name = entry.text();
    constexpr std::string_view good =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:";
    if (name.empty() || name.find_first_not_of(good) != std::string::npos) {
        entry.refuse("is no name in HAProxy", "use letters, digits, '.', '_', '-' and ':'");
    }
    return name;
}

void take_two(const yaml_entry& entry, const std::string& what, std::vector<std::string>& into,
              const std::function<std::string(const yaml_entry&)>& read) {
    const auto parts = entry.parts();
    if (!entry.value.IsSequence() || parts.size() != 2) {
        entry.refuse("two " + what + " are expected: one for the old generation, one for the new",
                     "write a list of two");
    }
    for (const auto& part : parts) {
        try_taking(part, [&](const yaml_entry& one) { into.push_back(read(one)); });
    }
    if (into.size() == 2 && into[0] == into[1]) {
        entry.refuse("the two are the same: " + into[0], "write two different " + what);
    }
}

std::string slot_address(const yaml_entry& entry) {
    const auto read = read_address(entry.text(), true);
    const auto parts = parts_of(read.address);
    if (!read.problem.empty()) {
        entry.refuse(read.problem, "write it as 127.0.0.1:9001");
    }
    if (parts.is_unix || parts.port == 0 || parts.host == "::" || parts.host == "0.0.0.0") {
        entry.refuse("is no address that HAProxy could send to", "write it as 127.0.0.1:9001");
    }
    return read.address.substr(4);
}

void take_runtime_socket(const yaml_entry& entry, const reading& with, std::string& into) {
    const auto text = entry.text();
    const auto read = read_address(text, true);
    if (!read.problem.empty()) {
        entry.refuse(read.problem,
                     "write what stands behind \"stats socket\" in haproxy.cfg, as "
                     "/run/haproxy/admin.sock");
    }
    into = read.address;
    const auto parts = parts_of(into);
    if (parts.is_unix && with.here.kind(parts.host) != path_kind::socket) {
        entry.warn("is not there now",
                   "start HAProxy with \"stats socket " + parts.host + " level admin\"");
    }
}

void take_haproxy(const yaml_entry& entry, const reading& with, traffic_spec& into) {
    into.how = traffic_spec::kind::haproxy;
    take_keys(
        entry, "haproxy",
        {{"socket",
          [&](const yaml_entry& e) { take_runtime_socket(e, with, into.runtime_socket); }},
         {"backend", [&](const yaml_entry& e) { into.backend = haproxy_name(e); }},
         {"servers",
          [&](const yaml_entry& e) { take_two(e, "servers", into.servers, haproxy_name); }},
         {"addresses",
          [&](const yaml_entry& e) { take_two(e, "addresses", into.addresses, slot_address); }},
         {"state_file",
          [&](const yaml_entry& e) {
              into.state_file = absolute(e.text(), with.folder);
              const auto folder = into.state_file.substr(0, into.state_file.rfind('/'));
              if (!folder.empty() && with.here.kind(folder) != path_kind::directory) {
                  e.refuse("lies in " + folder + ", which is no directory",
                           "make it, or correct the path");
              }
          }},
         {"quiet", duration_into(into.quiet)}});
    const std::pair<const char*, const char*> needed[] = {
        {"socket", "socket: /run/haproxy/admin.sock"},
        {"backend", "backend: NAME"},
        {"servers", "servers: [blue, green]"},
        {"addresses", "addresses: [127.0.0.1:9001, 127.0.0.1:9002]"}};
    for (const auto& [key, form] : needed) {
        if (!entry.found->knows(entry.path + "." + key)) {
            entry.found->add(entry.path, std::string("haproxy has no ") + key,
                             std::string("write ") + form);
        }
    }
}

}  // namespace

void read_deploy(const yaml_entry& entry, deploy_spec& into) {
    take_keys(entry, "deploy",
              {{"approval", [&](const yaml_entry& one) { take_approval(one, into); }},
               {"bake", [&](const yaml_entry& one) { take_bake(one, into); }},
               {"rollback",
                [&](const yaml_entry& one) {
                    into.rolls_back_by_itself =
                        word_of<bool>(one, {{"automatic", true}, {"manual", false}});
                }},
               {"ready_within",
                duration_into(into.ready_within, 100ms, "no program gets ready in that time")}});
}

void read_traffic(const yaml_entry& entry, const reading& with, traffic_spec& into) {
    if (!entry.value.IsMap()) {
        if (entry.is_word("haproxy")) {
            entry.refuse("does not say which one", "write haproxy: {socket: …, backend: …, …}");
        }
        into.how = word_of<traffic_spec::kind>(entry, {{"local", traffic_spec::kind::local}});
        return;
    }
    take_keys(entry, "traffic",
              {{"haproxy", [&](const yaml_entry& one) { take_haproxy(one, with, into); }}});
}

}  // namespace lastcall::agent
