#include "agent/traffic/haproxy.hpp"

#include <algorithm>

#include "sys/clock.hpp"

namespace lastcall::agent::traffic {
namespace {

using namespace std::chrono_literals;
using kind = haproxy_error::kind;

constexpr auto look_again = 5ms;
constexpr auto put_back_within = 2s;

const traffic_spec& checked(const traffic_spec& how) {
    if (how.backend.empty() || how.backend.find_first_of(" ;/\n") != std::string::npos) {
        throw haproxy_error(kind::bad_setting,
                            "traffic: `backend` has to name a backend of "
                            "HAProxy's configuration");
    }
    if (how.servers.size() != 2 || how.servers[0] == how.servers[1]) {
        throw haproxy_error(kind::bad_setting,
                            "traffic: `servers` has to name two different servers of backend \"" +
                                how.backend + "\": one for each generation");
    }
    for (const std::string& name : how.servers) {
        if (name.empty() || name.find_first_of(" ;/\n") != std::string::npos) {
            throw haproxy_error(kind::bad_setting,
                                "traffic: \"" + name + "\" is no name of a server");
        }
    }
    if (how.addresses.size() != 2 || how.addresses[0] == how.addresses[1]) {
        throw haproxy_error(kind::bad_setting,
                            "traffic: `addresses` has to hold two different addresses, one for "
                            "each of `servers`");
    }
    return how;
}

sys::endpoint parse_address(const std::string& address) {
    const auto found = sys::endpoint::parse(address);
    if (!found || found->port() == 0) {
        throw haproxy_error(kind::bad_setting, "traffic: \"" + address +
                                                   "\" is no address with a port in numbers; "
                                                   "write it as 127.0.0.1:9001 or [::1]:9001");
    }
    return *found;
}

/// The host of "127.0.0.1:9001" or "[::1]:9001", as HAProxy writes it.
std::string host_of(const sys::endpoint& address) {
    const std::string text = address.text();
    const std::string host = text.substr(0, text.rfind(':'));
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

haproxy::haproxy(const traffic_spec& how)
    : how_(checked(how)),
      socket_(how.runtime_socket),
      addresses_{parse_address(how.addresses[0]), parse_address(how.addresses[1])} {}

void haproxy::check(const time_limit& limit) {
    note_process(limit);
    const auto all = servers(limit);
    const auto stat = figures(limit);
    for (const slot one : {slot{0}, slot{1}}) {
        const server_line& line = find(all, one);
        // In maintenance `fall` is not shown.
        if (!line.has_check() || find(stat, one).check_fall == 1) {
            throw haproxy_error(
                kind::bad_setting,
                "server " + how_.backend + "/" + how_.servers[one] +
                    " has no health check with `fall` of 2 or more, so nothing can be "
                    "confirmed; add "
                    "`check inter 500ms rise 2 fall 2` to its line");
        }
        // The same once more: it changes nothing, and shows whether it may be changed.
        if (const mode now = mode_of(line); now != mode::unknown) {
            set_mode(one, now, limit);
        }
    }
}

haproxy_sight haproxy::look(const time_limit& limit) {
    haproxy_sight seen;
    note_process(limit);
    seen.pid = process_.pid;
    const auto all = servers(limit);
    const auto stat = figures(limit);
    for (const slot one : {slot{0}, slot{1}}) {
        const server_line& line = find(all, one);
        const stat_line& figure = find(stat, one);
        auto& server = seen.servers[one];
        server.is_ready = line.is_running() && figure.has_full_health();
        server.is_draining = line.is_draining();
        server.is_in_maint = line.is_in_maint();
        server.is_at_its_address = has_its_address(line, one);
        server.sessions = figure.sessions;
        server.queued = figure.queued;
    }
    for (const slot one : {slot{0}, slot{1}}) {
        // Whoever is neither draining nor in maintenance may be given requests at any moment.
        const server_line& other = find(all, 1 - one);
        if (seen.servers[one].is_ready && (other.is_draining() || other.is_in_maint())) {
            seen.owner = one;
        }
    }
    seen.others_ready = std::any_of(all.begin(), all.end(), [&](const server_line& line) {
        return !is_ours(line, 0) && !is_ours(line, 1) && line.is_running();
    });
    return seen;
}

void haproxy::move_to(slot to, const time_limit& limit) {
    note_process(limit);
    auto all = servers(limit);
    mode before = mode_of(find(all, to));
    if (!has_its_address(find(all, to), to)) {
        // Whoever gets requests must not be moved under them.
        if (before != mode::maint) {
            if (!is_another_ready(all, to)) {
                throw haproxy_error(kind::last_server, "server " + how_.backend + "/" +
                                                           how_.servers[to] + " is not at " +
                                                           how_.addresses[to] +
                                                           ", and is the only one that is ready");
            }
            set_mode(to, mode::maint, limit);
            before = mode::maint;
        }
        set_address(to, limit);
    }
    if (before != mode::ready) {
        set_mode(to, mode::ready, limit);
    }
    try {
        confirm(to, limit);
    } catch (const haproxy_error& error) {
        if (error.why() != kind::unreachable && before != mode::ready) {
            set_mode(to, before, {sys::monotonic_now() + put_back_within});
        }
        throw;
    }
    wanted_[to] = mode::ready;
    all = servers(limit);
    const mode other = mode_of(find(all, 1 - to));
    if (other != mode::drain && other != mode::maint) {
        drain_guarded(1 - to, limit);
        wanted_[1 - to] = mode::drain;
    } else {
        wanted_[1 - to] = other;
    }
    owner_ = to;
}

void haproxy::expect(slot owner) {
    owner_ = owner;
    wanted_[owner] = mode::ready;
    if (wanted_[1 - owner] == mode::ready) {
        wanted_[1 - owner] = mode::drain;
    }
}

haproxy::care haproxy::look_after(const time_limit& limit) {
    care found;
    found.was_reloaded = note_process(limit);
    if (!owner_) {
        return found;
    }
    const slot owner = *owner_;
    auto all = servers(limit);
    const server_line& line = find(all, owner);
    if (!has_its_address(line, owner)) {
        set_address(owner, limit);
        found.was_repaired = true;
    }
    if (mode_of(line) != mode::ready) {
        set_mode(owner, mode::ready, limit);
        found.was_repaired = true;
    }
    const slot other = 1 - owner;
    const mode is = mode_of(find(all, other));
    const bool is_open = is != mode::maint && is != mode::drain;
    if (found.was_reloaded || found.was_repaired || is_open) {
        confirm(owner, limit);
    }
    if (is_open) {
        // It stands where HAProxy's configuration puts it, which may be a port of long ago.
        const mode wanted = wanted_[other] == mode::drain ? mode::drain : mode::maint;
        if (wanted == mode::drain && !has_its_address(find(all, other), other)) {
            set_address(other, limit);
        }
        set_mode(other, wanted, limit);
        found.was_repaired = true;
    }
    if (found.was_reloaded || found.was_repaired) {
        save(limit);
    }
    return found;
}

/// Waits until HAProxy's own check has passed since the change.
void haproxy::confirm(slot which, const time_limit& limit) {
    while (!is_confirmed(which, limit)) {
        if (limit.is_over()) {
            const stat_line found = find(figures(limit), which);
            throw haproxy_error(
                kind::not_ready,
                "HAProxy did not confirm server " + how_.backend + "/" + how_.servers[which] +
                    " at " + how_.addresses[which] + " in time: its status is " + found.status +
                    ", its last check " +
                    (found.check_status.empty() ? "has not run" : found.check_status) +
                    "; look at the check of the backend and at what listens there");
        }
        limit.sleep(look_again);
    }
}

void haproxy::drain_guarded(slot which, const time_limit& limit) {
    const slot other = 1 - which;
    if (!is_confirmed(other, limit) && !is_another_ready(servers(limit), which)) {
        throw haproxy_error(kind::last_server, "server " + how_.backend + "/" +
                                                   how_.servers[which] +
                                                   " is not drained: no other one is ready");
    }
    set_mode(which, mode::drain, limit);
    // It may have fallen out between the look and the change: then the change is taken back.
    if (!is_another_ready(servers(limit), which)) {
        set_mode(which, mode::ready, limit);
        throw haproxy_error(kind::last_server, "server " + how_.backend + "/" +
                                                   how_.servers[other] + " fell out while " +
                                                   how_.servers[which] +
                                                   " was set to drain; that was taken back");
    }
}

bool haproxy::is_confirmed(slot which, const time_limit& limit) const {
    const auto all = servers(limit);
    return find(all, which).has_passed() && has_its_address(find(all, which), which) &&
           find(figures(limit), which).has_full_health();
}

bool haproxy::is_another_ready(const std::vector<server_line>& all, slot than) const {
    return std::any_of(all.begin(), all.end(), [&](const server_line& line) {
        return !is_ours(line, than) && line.is_running();
    });
}

bool haproxy::has_its_address(const server_line& line, slot which) const {
    return line.port == addresses_[which].port() && line.address == host_of(addresses_[which]);
}

void haproxy::set_address(slot which, const time_limit& limit) {
    const auto answer = one_line(socket_.ask(
        "set server " + how_.backend + "/" + how_.servers[which] + " addr " +
            host_of(addresses_[which]) + " port " + std::to_string(addresses_[which].port()),
        limit));
    // Its answer is prose; what counts is what it shows afterwards.
    const auto all = servers(limit);
    if (!has_its_address(find(all, which), which)) {
        throw haproxy_error(kind::refused, "HAProxy did not set server " + how_.backend + "/" +
                                               how_.servers[which] + " to " +
                                               how_.addresses[which] + ": " + answer);
    }
}

}  // namespace lastcall::agent::traffic
