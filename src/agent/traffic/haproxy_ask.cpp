// What the driver asks HAProxy for, and what it makes of a refusal.
#include <algorithm>

#include "agent/traffic/haproxy.hpp"
#include "sys/output.hpp"

namespace lastcall::agent::traffic {
namespace {

using kind = haproxy_error::kind;

[[noreturn]] void not_understood(std::string_view question, const std::string& answer) {
    throw haproxy_error(kind::refused, "HAProxy answers `" + std::string(question) + "` with \"" +
                                           one_line(answer) +
                                           "\"; it has to be 2.4 or later, and `stats socket` "
                                           "needs `level admin`");
}

}  // namespace

std::vector<server_line> haproxy::servers(const time_limit& limit) const {
    const std::string question = "show servers state " + how_.backend;
    const std::string answer = socket_.ask(question, limit);
    if (answer.find("Can't find backend") != std::string::npos) {
        throw haproxy_error(kind::bad_setting, "HAProxy has no backend \"" + how_.backend +
                                                   "\"; compare `backend` with its configuration");
    }
    const auto found = read_servers(answer);
    if (!found) {
        not_understood(question, answer);
    }
    return *found;
}

std::vector<stat_line> haproxy::figures(const time_limit& limit) const {
    const std::string question = "show stat " + how_.backend + " 6 -1";  // backend and servers
    const std::string answer = socket_.ask(question, limit);
    const auto found = read_stat(answer);
    if (!found) {
        not_understood(question, answer);
    }
    return *found;
}

process_line haproxy::process(const time_limit& limit) const {
    const std::string answer = socket_.ask("show info", limit);
    const auto found = read_info(answer);
    if (!found) {
        not_understood("show info", answer);
    }
    return *found;
}

bool haproxy::is_ours(const server_line& line, slot which) const {
    return line.backend == how_.backend && line.server == how_.servers[which];
}

const server_line& haproxy::find(const std::vector<server_line>& all, slot which) const {
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const server_line& line) { return is_ours(line, which); });
    if (at == all.end()) {
        std::string known;
        for (const server_line& line : all) {
            known += (known.empty() ? "" : ", ") + line.server;
        }
        throw haproxy_error(kind::bad_setting, "backend \"" + how_.backend + "\" has no server \"" +
                                                   how_.servers[which] + "\"; it has: " + known);
    }
    return *at;
}

const stat_line& haproxy::find(const std::vector<stat_line>& all, slot which) const {
    const auto at = std::find_if(all.begin(), all.end(), [&](const stat_line& line) {
        return line.proxy == how_.backend && line.server == how_.servers[which];
    });
    if (at == all.end()) {
        throw haproxy_error(kind::bad_setting,
                            "HAProxy counts nothing for a server \"" + how_.servers[which] + "\"");
    }
    return *at;
}

haproxy::mode haproxy::mode_of(const server_line& line) {
    if (line.is_in_maint()) {
        return mode::maint;
    }
    return line.is_draining() ? mode::drain : mode::ready;
}

void haproxy::set_mode(slot which, mode to, const time_limit& limit) {
    const std::string word = to == mode::ready ? "ready" : to == mode::drain ? "drain" : "maint";
    const std::string question =
        "set server " + how_.backend + "/" + how_.servers[which] + " state " + word;
    const std::string answer = one_line(socket_.ask(question, limit));
    if (!answer.empty()) {  // it has nothing to say when it was done
        not_understood(question, answer);
    }
    const auto all = servers(limit);
    if (mode_of(find(all, which)) != to) {
        throw haproxy_error(kind::refused,
                            "HAProxy did not set server " + how_.backend + "/" +
                                how_.servers[which] + " to " + word +
                                "; something else holds it (a resolver, or `track`)");
    }
    save(limit);
}

/// The whole of it, as a server-state-file is: other backends are in there, too.
void haproxy::save(const time_limit& limit) const {
    if (how_.state_file.empty()) {
        return;
    }
    const std::string answer = socket_.ask("show servers state", limit);
    if (!read_servers(answer)) {
        not_understood("show servers state", answer);
    }
    try {
        sys::replace_file(how_.state_file, answer);
    } catch (const std::system_error& error) {
        throw haproxy_error(kind::bad_setting, std::string("traffic: `state_file`: ") +
                                                   error.what() +
                                                   "; a reload of HAProxy would forget what is "
                                                   "ready");
    }
}

/// Returns: whether another process answers than before.
bool haproxy::note_process(const time_limit& limit) {
    const process_line now = process(limit);
    const bool is_other = process_.pid != 0 &&
                          (now.pid != process_.pid || now.uptime_seconds < process_.uptime_seconds);
    process_ = now;
    return is_other;
}

}  // namespace lastcall::agent::traffic
