#include "agent/api/to_json.hpp"

#include <cmath>

#include "agent/api/time_text.hpp"

namespace lastcall::agent {

using nlohmann::json;

namespace {

double milliseconds_of(std::chrono::nanoseconds value) {
    return std::round(static_cast<double>(value.count()) / 1e3) / 1e3;
}

std::string_view name_of(actor::kind how) {
    switch (how) {
        case actor::kind::system:
            return "system";
        case actor::kind::user:
            return "user";
        case actor::kind::token:
            return "token";
        case actor::kind::signal:
            break;
    }
    return "signal";
}

json to_json(const generation_view& value) {
    json made = {{"number", value.number},
                 {"role", value.role},
                 {"state", value.state},
                 {"pid", value.pid},
                 {"main_pid", value.main_pid},
                 {"command", value.command},
                 {"digest", value.digest},
                 {"started", time_text(value.started)},
                 {"resident_bytes", value.resident_bytes},
                 {"status", value.status}};
    if (value.ready_after) {
        made["ready_after_ms"] = milliseconds_of(*value.ready_after);
    }
    return made;
}

template <class Value>
json list_of(const std::vector<Value>& values) {
    json made = json::array();
    for (const Value& one : values) {
        made.push_back(to_json(one));
    }
    return made;
}

}  // namespace

json to_json(const actor& value) {
    json made = {{"kind", name_of(value.how)}, {"name", value.name}, {"text", value.text()}};
    if (value.uid) {
        made["uid"] = *value.uid;
    }
    if (value.pid) {
        made["pid"] = *value.pid;
    }
    return made;
}

json to_json(const deploy_view& value) {
    json made = {{"number", value.number},
                 {"service", value.service},
                 {"from", value.from},
                 {"to", value.to},
                 {"state", core::to_string(value.state)},
                 {"is_final", core::is_final(value.state)},
                 {"reason", value.reason},
                 {"asked_by", to_json(value.asked_by)},
                 {"note", value.note},
                 {"command", value.command},
                 {"digest", value.digest},
                 {"asked", time_text(value.asked)},
                 {"approvers", value.approvers},
                 {"is_rollback", value.is_rollback},
                 {"waits_for_person", value.waits_for_person},
                 {"entered", json::array()}};
    if (value.expires) {
        made["expires"] = time_text(*value.expires);
    }
    if (value.decided_by) {
        made["decided_by"] = to_json(*value.decided_by);
    }
    for (const auto& [state, at] : value.entered) {
        made["entered"].push_back({{"state", core::to_string(state)}, {"at", time_text(at)}});
    }
    return made;
}

json to_json(const service_view& value) {
    json made = {{"name", value.name},
                 {"state", to_string(value.state)},
                 {"reason", value.reason},
                 {"generations", list_of(value.generations)},
                 {"sockets", json::array()},
                 {"restarts", value.restarts},
                 {"log_dropped_bytes", value.log_dropped},
                 {"degraded", value.degraded}};
    for (const socket_view& one : value.sockets) {
        made["sockets"].push_back({{"name", one.name},
                                   {"address", one.address},
                                   {"handover", one.handover},
                                   {"queued", one.queued}});
    }
    if (value.deploy) {
        made["deploy"] = to_json(*value.deploy);
    }
    return made;
}

json to_json(const agent_view& value) {
    return {{"version", value.version},
            {"pid", value.pid},
            {"keeper_pid", value.keeper_pid},
            {"home", value.home},
            {"started", time_text(value.started)},
            {"degraded", value.degraded},
            {"is_stopping", value.is_stopping},
            {"journal_is_good", value.journal_is_good},
            {"services", list_of(value.services)}};
}

json to_json(const journal_row& value) {
    json made = {{"number", value.number},
                 {"at", time_text(value.at)},
                 {"since_boot_ms", milliseconds_of(value.since_boot)},
                 {"boot", value.boot},
                 {"kind", value.kind},
                 {"who", to_json(value.who)},
                 {"fields", value.fields},
                 {"hash", value.hash}};
    if (!value.service.empty()) {
        made["service"] = value.service;
    }
    if (value.generation != 0) {
        made["generation"] = value.generation;
    }
    if (value.deploy != 0) {
        made["deploy"] = value.deploy;
    }
    return made;
}

std::string text_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace lastcall::agent
