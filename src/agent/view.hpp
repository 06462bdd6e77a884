// What the agent shows of itself: plain values, made by the engine, turned into JSON by the
// API. docs/agent-api.yaml describes the JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/journal/journal.hpp"
#include "core/deploy_machine.hpp"

namespace lastcall::agent {

enum class service_state : std::uint8_t {
    starting,
    ready,
    unready,  ///< it lives, and its readiness check fails
    deploying,
    stopping,
    stopped,  ///< as somebody wanted
    failed,   ///< it ended, and is not started again by itself
    waiting,  ///< for a service that it is `after`, or for its restart
};
[[nodiscard]] std::string_view to_string(service_state value) noexcept;

struct generation_view {
    std::int64_t number = 0;
    std::string role;   ///< "current", "new", "old", "gone"
    std::string state;  ///< "starting", "ready", "stopping", "exited"
    int pid = 0;        ///< of its lastcall-init; main_pid is the program's
    int main_pid = 0;
    std::vector<std::string> command;
    std::string digest;                   ///< of what runs, "sha256:…"
    std::chrono::nanoseconds started{0};  ///< since 1970
    std::optional<std::chrono::nanoseconds> ready_after;
    std::int64_t resident_bytes = 0;
    std::string status;  ///< STATUS= of sd_notify(3)
};

struct socket_view {
    std::string name, address;
    std::string handover;      ///< "inherit", "intercept", "none"
    std::uint32_t queued = 0;  ///< connections that wait to be accepted
};

struct deploy_view {
    std::int64_t number = 0;
    std::string service;
    std::int64_t from = 0, to = 0;  ///< generations; 0: none
    core::deploy_state state = core::deploy_state::planned;
    std::string reason;  ///< why it went back, or what it waits for
    actor asked_by;
    std::string note;
    std::vector<std::string> command;
    std::string digest;
    std::chrono::nanoseconds asked{0};                ///< since 1970
    std::optional<std::chrono::nanoseconds> expires;  ///< of the approval it waits for
    std::vector<std::string> approvers;
    bool is_rollback = false;
    bool waits_for_person = false;  ///< its bake has failed: somebody accepts or rejects it
    std::optional<actor> decided_by;
    std::vector<std::pair<core::deploy_state, std::chrono::nanoseconds>> entered;  ///< since 1970
};

struct service_view {
    std::string name;
    service_state state = service_state::starting;
    std::string reason;  ///< why it is not ready, in words; empty when it is
    std::vector<generation_view> generations;
    std::vector<socket_view> sockets;
    std::optional<deploy_view> deploy;  ///< the one that runs
    std::uint64_t restarts = 0;
    std::uint64_t log_dropped = 0;      ///< bytes
    std::vector<std::string> degraded;  ///< what does not work here, and what is done instead
};

struct agent_view {
    std::string version;
    int pid = 0, keeper_pid = 0;
    std::string home;
    std::chrono::nanoseconds started{0};  ///< since 1970
    std::vector<std::string> degraded;
    bool is_stopping = false;
    bool journal_is_good = true;  ///< false: deploys are refused
    std::vector<service_view> services;
};

}  // namespace lastcall::agent
