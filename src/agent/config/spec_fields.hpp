// The members of a configuration by name, once: what JSON has and what differences are told of.
// Times end in _ns and sizes in _bytes.
#pragma once

#include <type_traits>

#include "agent/config/service_spec.hpp"

namespace lastcall::agent {

template <class Spec, class Plain>
concept spec_like = std::is_same_v<std::remove_const_t<Spec>, Plain>;

template <spec_like<socket_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("name", of.name);
    each("address", of.address);
    each("backlog", of.backlog);
    each("mode", of.mode);
    each("handover", of.how);
    each("line", of.line);
}

template <spec_like<check_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("how", of.how);
    each("target", of.target);
    each("command", of.command);
    each("interval_ns", of.interval);
    each("timeout_ns", of.timeout);
    each("passes", of.passes);
    each("failures", of.failures);
}

template <spec_like<stop_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("pre_stop", of.pre_stop);
    each("delay_ns", of.delay);
    each("signal", of.signal);
    each("grace_ns", of.grace);
    each("reserve_ns", of.reserve);
}

template <spec_like<core::restart_terms> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("when", of.when);
    each("first_ns", of.first);
    each("most_ns", of.most);
    each("steady_ns", of.steady);
    each("loop_ends", of.loop_ends);
    each("loop_within_ns", of.loop_within);
}

template <spec_like<limit_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("rlimits", of.rlimits);
    each("memory_max_bytes", of.memory_max);
    each("memory_high_bytes", of.memory_high);
    each("processes_max", of.processes_max);
    each("nice", of.nice);
    each("oom_score_adjust", of.oom_score_adjust);
}

template <spec_like<deploy_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("needs_approval", of.needs_approval);
    each("approvers", of.approvers);
    each("own_approval", of.own_approval);
    each("approve_within_ns", of.approve_within);
    each("ready_within_ns", of.ready_within);
    each("bake_for_ns", of.bake_for);
    each("bake_checks", of.bake_checks);
    each("rolls_back_by_itself", of.rolls_back_by_itself);
}

template <spec_like<traffic_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("how", of.how);
    each("runtime_socket", of.runtime_socket);
    each("backend", of.backend);
    each("servers", of.servers);
    each("addresses", of.addresses);
    each("state_file", of.state_file);
    each("quiet_ns", of.quiet);
}

template <spec_like<log_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("limit_bytes", of.limit);
    each("keep", of.keep);
}

template <spec_like<service_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("name", of.name);
    each("command", of.command);
    each("environment", of.environment);
    each("environment_files", of.environment_files);
    each("clears_environment", of.clears_environment);
    each("user", of.user);
    each("group", of.group);
    each("directory", of.directory);
    each("umask", of.umask);
    each("sockets", of.sockets);
    each("ready", of.ready);
    each("live", of.live);
    each("stop", of.stop);
    each("restart", of.restart);
    each("limits", of.limits);
    each("deploy", of.deploy);
    each("traffic", of.traffic);
    each("log", of.log);
    each("after", of.after);
    each("line", of.line);
}

template <spec_like<host_spec::api_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("listen", of.listen);
    each("certificate", of.certificate);
    each("key", of.key);
    each("tokens_file", of.tokens_file);
}

template <spec_like<host_spec> Spec, class Each>
void each_field(Spec& of, Each&& each) {
    each("services", of.services);
    each("file", of.file);
    each("api", of.api);
    each("stop_within_ns", of.stop_within);
    each("journal_limit_bytes", of.journal_limit);
}

}  // namespace lastcall::agent
