// A service as lastcall.yaml or the command line of `up` describes it. docs/lastcall-yaml.md
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/restart_policy.hpp"

namespace lastcall::agent {

using std::chrono::nanoseconds;

/// How a program gets the socket that the keeper owns.
enum class handover : std::uint8_t {
    automatic,  ///< intercept where the kernel allows it; LISTEN_FDS is set in any case
    inherit,    ///< LISTEN_FDS, LISTEN_FDNAMES: sd_listen_fds(3)
    intercept,  ///< the program's own bind(2) and listen(2) are answered with it
    none,       ///< it binds for itself; two generations cannot overlap on one port
};

struct socket_spec {
    std::string name = "http";  ///< in LISTEN_FDNAMES
    std::string address;        ///< "tcp:127.0.0.1:8080", "tcp:8080", … address.hpp
    int backlog = 4096;
    std::uint32_t mode = 0660;  ///< of a unix socket
    handover how = handover::automatic;
    int line = 0;  ///< of its address in the file; 0: from the command line
    bool operator==(const socket_spec&) const = default;
};

/// A question to a service: readiness, liveness, or a check of the bake window.
struct check_spec {
    enum class kind : std::uint8_t {
        automatic,  ///< it listens on every socket (or READY=1 came, whichever is first)
        http,       ///< GET of `target`: 2xx
        tcp,        ///< connect(2)
        notify,     ///< READY=1 by sd_notify(3)
        command,    ///< ends with 0
        file,       ///< is there
        none,
    };
    kind how = kind::automatic;
    std::string target;  ///< "/ready", "http://127.0.0.1:9000/ready", "tcp:..", a path
    std::vector<std::string> command;
    nanoseconds interval{std::chrono::milliseconds(100)};
    nanoseconds timeout{std::chrono::seconds(1)};
    unsigned passes = 1;    ///< in a row, to be good
    unsigned failures = 3;  ///< in a row, to be bad (liveness, bake)
    bool operator==(const check_spec&) const = default;
};

/// How one generation is stopped: the terms of its lastcall-init. docs/keeper.md
struct stop_spec {
    std::vector<std::string> pre_stop;  ///< runs while it is announced; half of the grace at most
    nanoseconds delay{0};               ///< before the signal
    int signal = 15;
    /// From being asked to stop to being gone; delay, pre_stop and reserve count inside it.
    nanoseconds grace{std::chrono::seconds(30)};
    std::optional<nanoseconds> reserve;  ///< unset: 5 %, at least 500 ms, at most half
    bool operator==(const stop_spec&) const = default;
};

/// RLIM_INFINITY, as getrlimit(2) has it.
inline constexpr std::uint64_t unlimited = ~std::uint64_t{0};

/// Resource limits: setrlimit(2), and memory.max of a cgroup where one can be made.
struct limit_spec {
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>>
        rlimits;                              ///< "nofile": soft, hard; `unlimited`
    std::optional<std::uint64_t> memory_max;  ///< bytes
    std::optional<std::uint64_t> memory_high;
    std::optional<std::uint64_t> processes_max;
    std::optional<int> nice;
    std::optional<int> oom_score_adjust;
    bool operator==(const limit_spec&) const = default;
};

struct deploy_spec {
    bool needs_approval = false;
    std::vector<std::string> approvers;  ///< users, or "group:NAME", or "token:NAME"
    bool own_approval = false;           ///< who asked may approve
    nanoseconds approve_within{std::chrono::hours(24)};
    nanoseconds ready_within{std::chrono::seconds(60)};
    nanoseconds bake_for{std::chrono::seconds(5)};
    std::vector<check_spec>
        bake_checks;  ///< empty: the readiness check; the new one must live anyway
    bool rolls_back_by_itself = true;
    bool operator==(const deploy_spec&) const = default;
};

/// How new connections are moved from one generation to the other.
struct traffic_spec {
    enum class kind : std::uint8_t { local, haproxy } how = kind::local;
    std::string runtime_socket;  ///< of HAProxy: "unix:/run/haproxy/admin.sock", "tcp:…"
    std::string backend;
    std::vector<std::string> servers;  ///< the two slots
    std::vector<std::string>
        addresses;           ///< "127.0.0.1:9001", one for each slot; {port} in the command
    std::string state_file;  ///< server-state-file; empty: not written
    nanoseconds quiet{std::chrono::milliseconds(200)};
    bool operator==(const traffic_spec&) const = default;
};

struct log_spec {
    std::uint64_t limit = 16U << 20U;  ///< bytes of a file before it is rotated
    unsigned keep = 4;                 ///< rotated files that are kept
    bool operator==(const log_spec&) const = default;
};

struct service_spec {
    std::string name;
    std::vector<std::string> command;
    std::map<std::string, std::string> environment;
    std::vector<std::string> environment_files;  ///< read when a generation starts
    bool clears_environment = false;
    std::string user;  ///< empty: the agent's own
    std::string group;
    std::string directory;  ///< absolute, as every path of a file is
    std::optional<std::uint32_t> umask;
    std::vector<socket_spec> sockets;
    check_spec ready;
    std::optional<check_spec> live;
    stop_spec stop;
    core::restart_terms restart;
    limit_spec limits;
    deploy_spec deploy;
    traffic_spec traffic;
    log_spec log;
    std::vector<std::string> after;  ///< services that must be ready first; stopped in reverse
    int line = 0;                    ///< of its key in the file; 0: from the command line
    bool operator==(const service_spec&) const = default;
};

/// The whole of lastcall.yaml.
struct host_spec {
    std::vector<service_spec> services;  ///< every one after those it is `after`
    std::string file;                    ///< empty: from the command line
    struct api_spec {
        std::string listen;            ///< "127.0.0.1:7777"; empty: only the unix socket
        std::string certificate, key;  ///< PEM; required with `listen`
        std::string tokens_file;       ///< docs/agent-api.md
        bool operator==(const api_spec&) const = default;
    } api;
    nanoseconds stop_within{0};                ///< for all; 0: the longest chain of graces
    std::uint64_t journal_limit = 64U << 20U;  ///< bytes
    bool operator==(const host_spec&) const = default;
};

}  // namespace lastcall::agent
