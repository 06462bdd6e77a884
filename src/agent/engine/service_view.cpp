// What a service shows of itself.
#include <algorithm>

#include <array>
#include <fstream>

#include "agent/engine/service.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::agent {
namespace {

/// "VmRSS:     1234 kB" of proc_pid_status(5).
std::int64_t resident_bytes(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:") {
            std::int64_t kilobytes = 0;
            status >> kilobytes;
            return kilobytes * 1024;
        }
    }
    return 0;
}

/// The program is the first that its lastcall-init has started; its size is that of all.
void add_processes(generation_view& to) {
    std::array<sys::process_entry, 256> tree;
    const auto found = sys::find_descendants(to.pid, tree);
    const sys::process_entry* main = nullptr;
    for (std::size_t i = 0; i < found.count; ++i) {
        const auto& one = tree[i];
        to.resident_bytes += resident_bytes(one.pid);
        if (one.depth == 0 && (main == nullptr || one.start_time < main->start_time)) {
            main = &one;
        }
    }
    to.main_pid = main == nullptr ? 0 : main->pid;
}

}  // namespace

bool service::is_idle() const {
    return !replacement_ && !waits_restart_ && !is_recovering_ &&
           std::ranges::none_of(generations_, [](const auto& one) { return one.second.lives; });
}

service_state service::state() const {
    const auto current = generations_.find(current_);
    const bool lives = current != generations_.end() && current->second.lives;
    const bool anything_lives =
        std::ranges::any_of(generations_, [](const auto& one) { return one.second.lives; });
    if (!is_wanted_ || host_.is_stopping) {
        return anything_lives ? service_state::stopping
               : has_failed_  ? service_state::failed
                              : service_state::stopped;
    }
    if (replacement_) {
        return lives ? service_state::deploying : service_state::starting;
    }
    if (has_failed_) {
        return service_state::failed;
    }
    if (waits_restart_ || !waiting_.empty() || !lives) {
        return service_state::waiting;
    }
    return current->second.is_ready ? service_state::ready : service_state::unready;
}

std::string service::reason() const {
    return !waiting_.empty() ? waiting_ : state() == service_state::ready ? "" : reason_;
}

service_view service::view() const {
    service_view made;
    made.name = spec_.name;
    made.state = state();
    made.reason = reason();
    for (const auto& [number, one] : generations_) {
        if (!one.lives && number != current_ &&
            !(replacement_ && replacement_->view().to == number)) {
            continue;
        }
        generation_view shown;
        shown.number = number;
        const bool is_new = replacement_ && replacement_->view().to == number;
        shown.role = number == current_ ? "current" : is_new ? "new" : "old";
        shown.state = !one.lives        ? (one.pid == 0 ? "starting" : "exited")
                      : one.is_stopping ? "stopping"
                      : one.is_ready    ? "ready"
                                        : "starting";
        shown.pid = one.pid;
        if (one.lives) {
            add_processes(shown);
        }
        shown.command = one.spec.command;
        shown.digest = one.digest;
        shown.started = one.started_at;
        shown.ready_after = one.ready_after;
        shown.status = one.status;
        made.generations.push_back(std::move(shown));
    }
    for (const auto& socket : spec_.sockets) {
        const auto bound = addresses_.find(socket.name);
        made.sockets.push_back(
            {.name = socket.name,
             .address = bound == addresses_.end() ? socket.address : bound->second,
             .handover = socket.how == handover::none      ? "none"
                         : socket.how == handover::inherit ? "inherit"
                                                           : "intercept",
             .queued = queued_.contains(socket.name) ? queued_.at(socket.name) : 0});
    }
    if (replacement_) {
        made.deploy = replacement_->view();
    }
    made.restarts = restarts_;
    made.log_dropped = log_dropped_;
    made.degraded = degraded_;
    if (traffic_ && !traffic_->trouble().empty()) {
        made.degraded.push_back(traffic_->trouble());
    }
    return made;
}

}  // namespace lastcall::agent
