// How a server gets rid of its requests, and what HAProxy saw of lost ones.
#include <algorithm>

#include "agent/traffic/haproxy.hpp"
#include "sys/clock.hpp"

namespace lastcall::agent::traffic {
namespace {

using namespace std::chrono_literals;
using kind = haproxy_error::kind;

constexpr auto look_again_at_figures = 10ms;
constexpr auto cut_within = 2s;
constexpr std::size_t named_at_most = 20;

/// What would still have to end: its own requests, and those that wait for any server.
std::int64_t left(const std::vector<stat_line>& all, const stat_line& own) {
    std::int64_t count = own.sessions + own.queued;
    for (const stat_line& line : all) {
        count += line.is_sum() ? line.queued : 0;
    }
    return count;
}

}  // namespace

drain_report haproxy::empty(slot which, const time_limit& limit) {
    const auto began = sys::monotonic_now();
    drain_report report;
    report.was_reloaded = note_process(limit);
    const int pid = process_.pid;
    const auto lines = servers(limit);
    const mode now = mode_of(find(lines, which));
    if (now == mode::maint) {
        wanted_[which] = mode::maint;
        return report;
    }
    if (!is_another_ready(lines, which)) {
        throw haproxy_error(kind::last_server, "server " + how_.backend + "/" +
                                                   how_.servers[which] +
                                                   " is not drained: no other one is ready");
    }
    if (now != mode::drain) {
        drain_guarded(which, limit);
    }
    wanted_[which] = mode::drain;

    std::int64_t total = -1;
    auto quiet_since = began;
    for (;;) {
        const auto all = figures(limit);
        const stat_line& own = find(all, which);
        const auto at = sys::monotonic_now();
        if (own.total != total || left(all, own) != 0) {
            total = own.total;
            quiet_since = at;
        } else if (at - quiet_since >= how_.quiet) {
            break;
        }
        if (limit.is_over()) {
            break;
        }
        limit.sleep(look_again_at_figures);
    }

    // The limit is used up: what follows has one of its own, short, so that nothing is left half.
    const time_limit after{std::max(limit.until, sys::monotonic_now() + cut_within), limit.stop};
    auto own = find(figures(after), which);
    if (own.sessions > 0) {
        const std::string name = how_.backend + "/" + how_.servers[which];
        report.longest =
            read_sessions(socket_.ask("show sess", after), how_.backend, how_.servers[which]);
        report.longest.resize(std::min(report.longest.size(), named_at_most));
        report.cut = own.sessions;
        const auto answer = one_line(socket_.ask("shutdown sessions server " + name, after));
        if (!answer.empty()) {
            throw haproxy_error(kind::refused,
                                "HAProxy did not end the sessions of " + name + ": " + answer);
        }
        while (find(figures(after), which).sessions > 0 && !after.is_over()) {
            after.sleep(look_again_at_figures);
        }
    }
    set_mode(which, mode::maint, after);
    wanted_[which] = mode::maint;
    note_process(after);
    report.was_reloaded = report.was_reloaded || process_.pid != pid;
    report.took = sys::monotonic_now() - began;
    return report;
}

void haproxy::begin_evidence(const time_limit& limit) {
    evidence_base_ = {};
    evidence_pid_ = 0;
    const drop_evidence now = evidence(limit);
    evidence_base_ = now;
    evidence_base_.was_reloaded = false;
    evidence_pid_ = process_.pid;
}

drop_evidence haproxy::evidence(const time_limit& limit) {
    note_process(limit);
    drop_evidence sum;
    for (const stat_line& line : figures(limit)) {
        // The sum also has what HAProxy answered itself, with no server left.
        if (line.is_sum()) {
            sum.answers_5xx = line.answers_5xx;
            sum.connect_errors = line.connect_errors;
            sum.response_errors = line.response_errors;
            sum.retries = line.retries;
            sum.redispatches = line.redispatches;
            sum.server_aborts = line.server_aborts;
        }
    }
    if (evidence_pid_ != 0 && process_.pid != evidence_pid_) {
        sum.was_reloaded = true;
        return sum;
    }
    sum.answers_5xx -= evidence_base_.answers_5xx;
    sum.connect_errors -= evidence_base_.connect_errors;
    sum.response_errors -= evidence_base_.response_errors;
    sum.retries -= evidence_base_.retries;
    sum.redispatches -= evidence_base_.redispatches;
    sum.server_aborts -= evidence_base_.server_aborts;
    return sum;
}

}  // namespace lastcall::agent::traffic
