// What the keeper knows of a service: its sockets, and its generations.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keeper/handover.hpp"
#include "keeper/open_port.hpp"
#include "sys/fd.hpp"
#include "sys/process/child_end.hpp"
#include "sys/process/control_group.hpp"
#include "sys/rotating_file.hpp"
#include "sys/socket/datagram.hpp"
#include "sys/socket/shared_listener.hpp"

namespace lastcall::keeper {

using time = std::chrono::nanoseconds;  ///< CLOCK_MONOTONIC

/// How a generation ended; told until the agent has recorded it.
struct ending {
    sys::child_end how;
    std::int64_t at_ns = 0;  ///< CLOCK_BOOTTIME
    std::uint64_t oom_kills = 0;
    std::string last_line;  ///< the JSON of its lastcall-init; empty: it had none
};

struct generation {
    std::string service;
    std::int64_t number = 0;
    int pid = 0;  ///< of its lastcall-init
    std::uint64_t start_time = 0;
    std::int64_t started_ns = 0;  ///< CLOCK_BOOTTIME
    bool is_child = true;         ///< false: it was adopted
    int slot = -1;                ///< -1: it has no sockets of ours
    std::vector<std::string> sockets;
    std::vector<std::string> descriptors;  ///< of which listeners it got one, from 3 on
    std::string handed_over;               ///< "inherit", "intercept", "none"

    sys::unique_fd handle;              ///< pidfd
    sys::unique_fd start_report;        ///< until its lastcall-init is executed
    std::string start_request;          ///< the id to answer then
    std::string directory;              ///< likewise, for its answer
    std::vector<std::string> degraded;  ///< likewise: what works less well than was asked
    bool is_executed = true;

    sys::unique_fd log;  ///< the reading end of its output
    std::string line;    ///< the part of a line that came last
    sys::rotating_file::terms log_terms;
    std::shared_ptr<sys::rotating_file> book;  ///< shared by all who write to that path

    sys::datagram_inbox notify;
    bool is_ready = false;
    std::string status;  ///< STATUS= as it came last

    sys::unique_fd report;  ///< the memfd with the last line of its lastcall-init
    std::optional<sys::control_group> group;
    std::unique_ptr<handover> installed;  ///< what answers for it in `intercept`
    int held_filter = -1;                 ///< its descriptor in its lastcall-init

    std::optional<time> kill_at;  ///< the deadline that came with a signal
    /// Of the keeper's own stop: how many SIGTERM it is to have, and has had. They are sent
    /// one by one: two that come together are one, signal(7).
    unsigned stops_wanted = 0, stops_sent = 0;
    time next_stop{0};
    bool was_killed = false;  ///< by us
    std::optional<ending> ended;

    [[nodiscard]] bool lives() const noexcept { return !ended; }
};

struct service {
    std::string name;
    std::map<std::string, sys::shared_listener>
        sockets;                             ///< by their names; of ports by their keys
    std::map<std::string, open_port> ports;  ///< by the names of sockets
    std::map<std::int64_t, std::unique_ptr<generation>> generations;
    int steered_slot = 0;
    std::int64_t steered_to = 0;  ///< the generation that was steered to last; 0: none yet

    [[nodiscard]] generation* living(std::int64_t number) const noexcept {
        const auto found = generations.find(number);
        return found != generations.end() && found->second->lives() ? found->second.get() : nullptr;
    }

    [[nodiscard]] generation* living_at(int slot) const noexcept {
        for (const auto& [number, one] : generations) {
            if (one->slot == slot && one->lives()) {
                return one.get();
            }
        }
        return nullptr;
    }
};

}  // namespace lastcall::keeper
