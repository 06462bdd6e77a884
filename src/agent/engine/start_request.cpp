#include "agent/engine/start_request.hpp"

#include "sys/signal/signal_names.hpp"

namespace lastcall::agent {
namespace {

/// 127.0.0.1:9001 -> 9001, into "{port}" of a word.
std::string fill_port(std::string word, const std::string& address) {
    constexpr std::string_view place = "{port}";
    const auto port = address.substr(address.rfind(':') + 1);
    for (auto at = word.find(place); at != std::string::npos; at = word.find(place, at)) {
        word.replace(at, place.size(), port);
        at += port.size();
    }
    return word;
}

/// The address that a generation has for itself; empty where all share the sockets.
std::string own_address(const generation& one) {
    const auto& addresses = one.spec.traffic.addresses;
    return one.slot < addresses.size() ? addresses[one.slot] : std::string();
}

std::string to_duration_text(std::chrono::nanoseconds value) {
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(value).count()) +
           "us";
}

/// "a 'b c'" for /bin/sh.
std::string join_words(const std::vector<std::string>& words) {
    std::string made;
    for (const auto& word : words) {
        made += made.empty() ? "'" : " '";
        for (const char c : word) {
            made += c == '\'' ? std::string("'\\''") : std::string(1, c);
        }
        made += '\'';
    }
    return made;
}

/// The options of lastcall-init, which stops the tree in order when it gets SIGTERM.
void add_init_options(wire::keeper_message& to, const stop_spec& stop) {
    const auto option = [&to](const char* name, const std::string& value) {
        to.add("init", name).add("init", value);
    };
    to.add("init", "--quiet");
    option("--grace", to_duration_text(stop.grace));
    if (stop.reserve) {
        option("--reserve", to_duration_text(*stop.reserve));
    }
    if (stop.delay.count() > 0) {
        option("--delay", to_duration_text(stop.delay));
    }
    if (!stop.pre_stop.empty()) {
        option("--pre-stop", join_words(stop.pre_stop));
    }
    if (stop.signal != 15) {
        option("--rewrite", "TERM=" + std::string(sys::signal_name(stop.signal)));
    }
}

std::string to_limit(std::uint64_t value) {
    return value == unlimited ? "unlimited" : std::to_string(value);
}

void add_limits(wire::keeper_message& to, const limit_spec& limits) {
    const auto limit = [&to](const std::string& name, const std::string& value) {
        to.add("limit", name + "=" + value);
    };
    for (const auto& [name, values] : limits.rlimits) {
        limit(name, to_limit(values.first) + ":" + to_limit(values.second));
    }
    if (limits.memory_max) {
        limit("memory.max", std::to_string(*limits.memory_max));
    }
    if (limits.memory_high) {
        limit("memory.high", std::to_string(*limits.memory_high));
    }
    if (limits.processes_max) {
        limit("pids.max", std::to_string(*limits.processes_max));
    }
    if (limits.nice) {
        limit("nice", std::to_string(*limits.nice));
    }
    if (limits.oom_score_adjust) {
        limit("oom_score_adj", std::to_string(*limits.oom_score_adjust));
    }
}

/// One way for all sockets of a generation: the filter of an interception is the process's.
std::string_view handover_of(const service_spec& spec) {
    if (spec.traffic.how != traffic_spec::kind::local) {
        return "none";  // each generation has an address of its own
    }
    bool intercepts = false;
    bool inherits = false;
    for (const auto& one : spec.sockets) {
        intercepts |= one.how == handover::automatic || one.how == handover::intercept;
        inherits |= one.how == handover::inherit;
    }
    return intercepts ? "intercept" : inherits ? "inherit" : "none";
}

void add_sockets(wire::keeper_message& to, const service_spec& spec,
                 const std::map<std::string, std::string>& addresses) {
    for (const auto& socket : spec.sockets) {
        if (addresses.contains(socket.name)) {
            to.add("sockets", socket.name);
        }
    }
    to.add("handover", handover_of(spec));
}

}  // namespace

wire::keeper_message make_start_request(const generation& one,
                                        const std::map<std::string, std::string>& addresses,
                                        const host& at) {
    const auto& spec = one.spec;
    const auto& plan = one.plan;
    wire::keeper_message message("start");
    message.add("service", spec.name).add("generation", one.number);
    message.add("has_program", plan.is_script ? 0 : 1);
    const auto own = own_address(one);
    for (const auto& word : plan.argv) {
        message.add("argv", fill_port(word, own));
    }
    auto environment = plan.environment;
    environment["LASTCALL_SERVICE"] = spec.name;
    environment["LASTCALL_GENERATION"] = std::to_string(one.number);
    for (const auto& [name, value] : environment) {
        message.add("environment", name + "=" + fill_port(value, own));
    }
    message.add("directory", plan.directory);
    if (!spec.user.empty() || !spec.group.empty()) {
        message.add("uid", plan.uid).add("gid", plan.gid);
        for (const auto group : plan.groups) {
            message.add("groups", group);
        }
    }
    if (spec.umask) {
        message.add("umask", *spec.umask);
    }
    add_limits(message, spec.limits);
    add_init_options(message, spec.stop);
    add_sockets(message, spec, addresses);
    message.add("log", at.where.logs() + "/" + spec.name + ".log");
    message.add("log_limit", static_cast<std::int64_t>(spec.log.limit));
    message.add("log_keep", spec.log.keep);
    return message;
}

nlohmann::json environment_keys(const service_spec& of) {
    nlohmann::json made = nlohmann::json::array();
    for (const auto& [name, value] : of.environment) {
        made.push_back(name);
    }
    return made;
}

nlohmann::json started_fields(const generation& one, const std::string& handover) {
    nlohmann::json sockets = nlohmann::json::array();
    for (const auto& socket : one.spec.sockets) {
        sockets.push_back({{"name", socket.name}, {"address", socket.address}});
    }
    return {{"command", one.spec.command},
            {"digest", one.digest},
            {"pid", one.pid},
            {"start_time", one.start_time},
            {"sockets", sockets},
            {"handover", handover},
            {"environment_keys", environment_keys(one.spec)},
            {"user", one.spec.user},
            {"directory", one.spec.directory}};
}

}  // namespace lastcall::agent
