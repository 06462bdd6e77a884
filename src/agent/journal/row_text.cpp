#include "agent/journal/row_text.hpp"

#include "agent/journal/sha256.hpp"

namespace lastcall::agent {

namespace {

using nlohmann::json;

constexpr std::size_t most_bytes = 1U << 20U;
constexpr int most_levels = 64;

/// dump() recurses, so that what a service printed could exhaust the stack.
bool is_nested_deeper(const json& value, int levels) {
    if (!value.is_structured()) {
        return false;
    }
    if (levels == 0) {
        return true;
    }
    for (const auto& one : value) {
        if (is_nested_deeper(one, levels - 1)) {
            return true;
        }
    }
    return false;
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

constexpr std::string_view kind_names[] = {"system", "user", "token", "signal"};

json actor_json(const actor& who) {
    json value{{"how", kind_names[static_cast<std::size_t>(who.how)]}, {"name", who.name}};
    if (who.uid) {
        value["uid"] = *who.uid;
    }
    if (who.pid) {
        value["pid"] = *who.pid;
    }
    return value;
}

actor actor_from(const json& value) {
    actor who;
    const auto how = value.at("how").get<std::string>();
    for (std::size_t i = 0; i < std::size(kind_names); ++i) {
        if (how == kind_names[i]) {
            who.how = static_cast<actor::kind>(i);
        }
    }
    who.name = value.at("name").get<std::string>();
    if (const auto uid = value.find("uid"); uid != value.end()) {
        who.uid = uid->get<std::uint32_t>();
    }
    if (const auto pid = value.find("pid"); pid != value.end()) {
        who.pid = pid->get<int>();
    }
    return who;
}

}  // namespace

std::string actor::text() const {
    switch (how) {
        case kind::user:
            return uid ? name + " (uid " + std::to_string(*uid) + ")" : name;
        case kind::token:
            return "token " + name;
        case kind::signal:
            return pid && *pid != 0 ? name + " from process " + std::to_string(*pid) : name;
        case kind::system:
            break;
    }
    return name;
}

const std::string& no_hash() {
    static const std::string zeros(64, '0');
    return zeros;
}

std::string beginning_of(std::int64_t number, std::string_view previous) {
    return "{\"number\":" + std::to_string(number) + ",\"previous\":\"" + std::string(previous) +
           "\",";
}

std::string json_text(std::string_view text) { return dump(json(text)); }

std::string body_of(const journal_row& row, std::string_view previous) {
    if (is_nested_deeper(row.fields, most_levels)) {
        throw journal_error(journal_error::kind::refused,
                            "a row \"" + row.kind +
                                "\" is not written: its fields are nested "
                                "deeper than " +
                                std::to_string(most_levels) + " levels");
    }
    auto body = beginning_of(row.number, previous);
    body += "\"at_ns\":" + std::to_string(row.at.count());
    body += ",\"since_boot_ns\":" + std::to_string(row.since_boot.count());
    body += ",\"boot\":" + json_text(row.boot);
    body += ",\"kind\":" + json_text(row.kind);
    body += ",\"service\":" + json_text(row.service);
    body += ",\"generation\":" + std::to_string(row.generation);
    body += ",\"deploy\":" + std::to_string(row.deploy);
    body += ",\"who\":" + dump(actor_json(row.who));
    body += ",\"fields\":" + (row.fields.is_object() ? dump(row.fields) : "{}") + "}";
    if (body.size() > most_bytes) {
        throw journal_error(journal_error::kind::refused,
                            "a row \"" + row.kind + "\" is not written: it has " +
                                std::to_string(body.size()) + " bytes, 1 MiB is the most");
    }
    return body;
}

std::string hash_of(std::string_view body) { return sha256_hex({body, "\n"}); }

journal_row row_from(std::string_view body, std::string hash) {
    auto value = json::parse(body);
    journal_row row;
    row.number = value.at("number").get<std::int64_t>();
    row.at = std::chrono::nanoseconds(value.at("at_ns").get<std::int64_t>());
    row.since_boot = std::chrono::nanoseconds(value.at("since_boot_ns").get<std::int64_t>());
    row.boot = value.at("boot").get<std::string>();
    row.kind = value.at("kind").get<std::string>();
    row.service = value.at("service").get<std::string>();
    row.generation = value.at("generation").get<std::int64_t>();
    row.deploy = value.at("deploy").get<std::int64_t>();
    row.who = actor_from(value.at("who"));
    row.fields = std::move(value.at("fields"));
    row.hash = std::move(hash);
    return row;
}

std::string_view raw_field(std::string_view body, std::string_view key) {
    // Inside of a JSON string every quote has a backslash before it, so that `,"key":` is found
    // first where the row's own keys are: those of `fields` come last.
    const std::string begin = ",\"" + std::string(key) + "\":";
    const auto at = body.find(begin);
    if (at == std::string_view::npos) {
        return {};
    }
    const auto from = at + begin.size();
    const auto to = body.find(",\"", from);
    return to == std::string_view::npos ? std::string_view{} : body.substr(from, to - from);
}

}  // namespace lastcall::agent
