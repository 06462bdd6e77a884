#include "doctor/look/blind_spots.hpp"

#include "doctor/look/sample.hpp"
#include "sys/account.hpp"
#include "sys/socket/port_state.hpp"

namespace lastcall::doctor {
namespace {

void tell_of_process(const seen_process& one, std::vector<blind_spot>& into) {
    const std::string name = "pid " + std::to_string(one.pid());
    if (!one.descriptors.is_readable) {
        into.push_back({"what " + name + " has open", right_that_is_missing().why,
                        right_that_is_missing().fix, "L06, L17, L18, L40 to L49, L51, L62"});
    }
    if (!one.threads.has_calls) {
        into.push_back({"the system calls of " + name,
                        "/proc/PID/syscall needs the right to trace it",
                        right_that_is_missing().fix, "L15, L26, L35 to L37"});
    }
    if (!one.threads.is_whole) {
        into.push_back(
            {"all threads of " + name, "it has more than are looked at", "", "L05, L35 to L37"});
    }
}

/// The kernel is asked about each connection by itself.
void tell_of_connections(const seen& made, std::vector<blind_spot>& into) {
    std::size_t all = 0;
    std::size_t known = 0;
    for (const auto& one : made.second.sockets) {
        all += one.listens() ? 0U : 1U;
        known += one.detail ? 1U : 0U;
    }
    if (all > details_at_most && made.is_stopping()) {
        into.push_back({std::to_string(all - known) + " of " + std::to_string(all) + " connections",
                        std::to_string(details_at_most) + " are looked at", "",
                        "how many L43 to L46 are about"});
    }
}

}  // namespace

missing_right right_that_is_missing() {
    return sys::effective_user() == 0
               ? missing_right{"the right to trace it is missing", "run it with CAP_SYS_PTRACE"}
               : missing_right{"it is another user's", "run it as root"};
}

void tell_blind_spots(seen& made, bool has_sockets) {
    for (const int pid : made.route) {
        const auto* one = made.find(pid);
        if (one != nullptr && !one->entry.is_dead()) {
            tell_of_process(*one, made.blind_spots);
        }
    }
    if (!has_sockets) {
        const bool is_ours = sys::shares_network_with_us(made.service());
        made.blind_spots.push_back({"the sockets of pid " + std::to_string(made.service()),
                                    is_ours
                                        ? "the kernel does not answer sock_diag(7)"
                                        : "it is in a network namespace that may not be entered",
                                    is_ours ? "" : "run it as root", "L41 to L49"});
    }
    tell_of_connections(made, made.blind_spots);
    if (made.stopped_by && made.stopped_by->line == 0) {
        made.blind_spots.push_back({"how long " + made.stopped_by->file + " waits for the stop",
                                    "no command in it is known to stop " + made.subject, "",
                                    "L53"});
    }
    if (!made.is_stopping()) {
        made.blind_spots.push_back({"what a stop would wait for",
                                    "nobody has told that the stop has begun",
                                    "while it stops: --since 10s, or --watch",
                                    "L09, L37, L41, L43 to L46, L48, L52, L62"});
    }
}

}  // namespace lastcall::doctor
