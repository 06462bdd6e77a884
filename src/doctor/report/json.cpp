// What a program reads. docs/doctor.md describes it; a member is added, never renamed.
#include <nlohmann/json.hpp>

#include "doctor/report/diagnosis.hpp"

namespace lastcall::doctor {
namespace {

using json = nlohmann::ordered_json;

constexpr int form_version = 1;

json milliseconds_of(std::chrono::nanoseconds value) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
}

json hop_json(const hop& one) {
    json made{{"pid", one.pid},
              {"command", one.command},
              {"verdict", to_string(one.what)},
              {"why", one.why},
              {"reached", one.is_reached}};
    if (one.script != nullptr) {
        made["script"] = {{"file", one.script->file},
                          {"line", one.script->line},
                          {"text", one.script->text},
                          {"certain", one.script->is_certain}};
    }
    return made;
}

std::string_view name_of(weight how) {
    return how == weight::blocks ? "blocks" : how == weight::loses ? "loses" : "remains";
}

json finding_json(const finding& one) {
    json made{{"rule", one.rule}, {"effect", name_of(one.how)}, {"confidence", to_string(one.sure)},
              {"what", one.what}, {"evidence", json::array()},  {"fix", one.fix}};
    if (one.pid != 0) {
        made["pid"] = one.pid;
    }
    for (const evidence& each : one.by) {
        made["evidence"].push_back({{"field", each.field}, {"value", each.value}});
    }
    return made;
}

json link_json(const budget_link& one) {
    const bool is_endless = one.time == std::chrono::nanoseconds::max();
    json made{{"who", one.who},
              {"endless", is_endless},
              {"source", one.source},
              {"broken", one.is_broken}};
    if (one.time && !is_endless) {
        made["ms"] = milliseconds_of(*one.time);
    }
    return made;
}

}  // namespace

std::string as_json(const diagnosis& one) {
    json made{{"lastcall_doctor", form_version},
              {"subject", one.of.subject},
              {"signal", one.of.signal_name},
              {"stopping", one.of.is_stopping()},
              {"between_ms", milliseconds_of(one.of.between)},
              {"looked_at", looked_at_text(one)},
              {"route", json::array()},
              {"findings", json::array()},
              {"chain", json::array()},
              {"blind_spots", json::array()}};
    for (const hop& each : one.route) {
        made["route"].push_back(hop_json(each));
    }
    for (const finding& each : one.found) {
        made["findings"].push_back(finding_json(each));
    }
    for (const budget_link& each : one.budget) {
        made["chain"].push_back(link_json(each));
    }
    for (const blind_spot& each : one.of.blind_spots) {
        made["blind_spots"].push_back(
            {{"what", each.what}, {"why", each.why}, {"fix", each.fix}, {"rules", each.rules}});
    }
    return made.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace lastcall::doctor
