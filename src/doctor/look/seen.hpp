// What was seen of processes that are to stop, as plain values: all that the rules decide over.
//
// Two looks, some time apart: what is stuck is the same in both. Nothing in here can be asked
// again, so a table can make any of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doctor/look/platform.hpp"
#include "doctor/look/seen_process.hpp"
#include "doctor/look/seen_socket.hpp"
#include "doctor/settings/stopper.hpp"
#include "doctor/settings/supervised.hpp"

namespace lastcall::doctor {

/// What could not be looked at, and which rules cannot say anything for it.
struct blind_spot {
    std::string what;   ///< "the sockets of pid 12"
    std::string why;    ///< "its network namespace may not be entered"
    std::string fix;    ///< "run as root"
    std::string rules;  ///< "L41 to L48"
};

/// One that was looked at, and has ended; known again by its parent and its command.
struct ended_process {
    int pid = 0;
    int parent = 0;
    std::string command;
};

/// What the service said of itself, where it was asked to be asked.
struct readiness_answer {
    std::string url;
    std::uint16_t port = 0;
    int status = 0;       ///< of HTTP; 0: there was no answer
    std::string problem;  ///< why there was none
};

/// One look at all of them.
struct snapshot {
    std::map<int, seen_process> processes;
    std::vector<seen_socket> sockets;  ///< ordered by cookie
    /// Connections to its ports that it has closed, and the kernel still has.
    std::vector<seen_socket> orphans;

    [[nodiscard]] const seen_process* find(int pid) const {
        const auto found = processes.find(pid);
        return found == processes.end() ? nullptr : &found->second;
    }
    /// The same socket in another look.
    [[nodiscard]] const seen_socket* find(const seen_socket& one) const;
};

struct seen {
    std::string subject;  ///< "port 8080"
    platform_facts platform;
    int signal = 15;
    std::string signal_name = "SIGTERM";
    /// The stop signal was sent this long ago; unset: it is not known to have been sent.
    std::optional<std::chrono::nanoseconds> since;

    std::chrono::nanoseconds between{0};  ///< the two looks
    snapshot first;
    snapshot second;  ///< without those that have ended

    std::vector<int> route;             ///< from who is signalled to who does the work
    std::optional<stopper> stopped_by;  ///< unset: nobody has named it
    std::vector<script_place> scripts;  ///< of the shells on it: where each of them is
    /// How the supervisors on it, and one above it, stop what is behind them; from the outside.
    std::vector<supervised> supervisions;
    std::optional<int> restarts_later;      ///< platform.restarts, after the second look
    std::optional<ended_process> replaced;  ///< what the first of the route came after
    std::optional<readiness_answer> readiness;
    bool shares_port = false;  ///< others, too, listen at the port that was asked for readiness
    std::vector<blind_spot> blind_spots;

    [[nodiscard]] bool is_stopping() const noexcept {
        return since.has_value() || platform.has_signalled();
    }
    [[nodiscard]] int entry() const { return route.empty() ? 0 : route.front(); }
    [[nodiscard]] int service() const { return route.empty() ? 0 : route.back(); }
    /// Of the second look.
    [[nodiscard]] const seen_process* find(int pid) const { return second.find(pid); }
    [[nodiscard]] const seen_process* before(int pid) const { return first.find(pid); }
    [[nodiscard]] std::vector<const seen_process*> children_of(int pid) const;
    /// Of a shell: what it runs without `&` now, where its children show that; null: they do not.
    [[nodiscard]] const seen_process* foreground_of(int shell) const;
    [[nodiscard]] bool is_on_route(int pid) const;
    /// Its parent on the route; 0: it is the first, or not on it.
    [[nodiscard]] int hop_before(int pid) const;
    [[nodiscard]] int hop_behind(int pid) const;
    [[nodiscard]] const script_place* script_of(int pid) const;
    /// How it is stopped where that is up to a supervisor on the route; null: it is signalled by
    /// the platform, as everybody in a unit with KillMode=control-group is.
    [[nodiscard]] const supervised* supervision_of(int pid) const;
    /// The stop signal as it comes to this process.
    [[nodiscard]] int signal_to(int pid) const;
    [[nodiscard]] const std::string& signal_name_to(int pid) const;
    /// The sockets that it has open, of the second look.
    [[nodiscard]] std::vector<const seen_socket*> sockets_of(int pid) const;
    [[nodiscard]] const seen_socket* socket_before(const seen_socket& one) const {
        return first.find(one);
    }
};

}  // namespace lastcall::doctor
