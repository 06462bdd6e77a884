#include "cli/doctor_watch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "cli/command.hpp"
#include "cli/problem.hpp"
#include "doctor/look/replacement.hpp"
#include "doctor/report/diagnosis.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::cli {
namespace {

using steady = std::chrono::steady_clock;

/// What is said so far.
class teller {
public:
    teller(const doctor_wish& wish, std::chrono::nanoseconds since) : wish_(wish), since_(since) {}

    [[nodiscard]] std::chrono::nanoseconds now() const { return since_ + (steady::now() - begin_); }

    /// `object`  the report of this line, as JSON; may be empty
    void tell(const std::string& line, const std::string& object) {
        if (line == last_) {
            return;
        }
        last_ = line;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now());
        char at[32];
        std::snprintf(at, sizeof at, "%5lld s  ", static_cast<long long>(seconds.count()));
        std::fputs((wish_.as_json ? object : at + line + "\n").c_str(), stdout);
        std::fflush(stdout);
    }

private:
    const doctor_wish& wish_;
    std::chrono::nanoseconds since_;
    steady::time_point begin_ = steady::now();
    std::string last_;
};

/// Who runs in its place by now: by its platform, else by its parent and its command. 0: nobody.
int successor_of(const doctor::ended_process& ended, const doctor_wish& wish) {
    if (wish.unit.empty() && wish.container.empty()) {
        return doctor::replacement_of(ended);
    }
    try {
        const int pid = subject_of(wish).pid;
        return pid == ended.pid ? 0 : pid;
    } catch (const problem&) {
        return 0;  // it is down, for now at least
    }
}

/// It has ended. Does somebody start it again?
int watch_for_restart(doctor::look_request what, const doctor_wish& wish,
                      const doctor::ended_process& ended, teller& to) {
    constexpr auto soon = std::chrono::seconds(3);
    constexpr auto pause = std::chrono::milliseconds(100);
    const auto end = steady::now() + soon;
    int pid = 0;
    while (pid == 0 && steady::now() < end) {
        pid = successor_of(ended, wish);
        if (pid == 0) {
            sys::sleep_until(std::min(end, steady::now() + pause));
        }
    }
    if (pid == 0) {
        return status_ok;
    }
    what.pid = pid;
    what.port = 0;
    what.platform.main_pid = 0;
    what.replaced = ended;
    try {
        const doctor::diagnosis one(doctor::look(what));
        for (const auto& each : one.found) {
            if (each.rule == "L58") {
                to.tell("L58 pid " + std::to_string(pid) + ": " + each.what + "; " + each.fix,
                        wish.as_json ? as_json(one) : "");
                return status_found;
            }
        }
    } catch (const doctor::look_error&) {
        // That one has ended, too: nobody is there.
    }
    return status_ok;
}

/// Those that it had started.
class started_processes {
public:
    void take(const doctor::seen& of) {
        for (const auto& [pid, one] : of.second.processes) {
            if (pid != of.entry()) {
                found_[pid] = {one.entry.start_time, one.command};
            }
        }
    }

    /// Returns: whether some of them go on.
    bool tell(teller& to) const {
        bool has_one = false;
        for (const auto& [pid, one] : found_) {
            const auto entry = sys::read_process(pid);
            if (entry && !entry->is_dead() && entry->start_time == one.start_time) {
                to.tell("L57 pid " + std::to_string(pid) + ": `" + one.command +
                            "` was started by it, and goes on; signal the whole group or tree, or "
                            "end it in the handler",
                        "");
                has_one = true;
            }
        }
        return has_one;
    }

private:
    struct started {
        std::uint64_t start_time = 0;
        std::string command;
    };
    std::map<int, started> found_;
};

}  // namespace

int watch(doctor::look_request what, const doctor_wish& wish) {
    teller to(wish, what.since.value_or(std::chrono::nanoseconds(0)));
    int service = 0;
    std::optional<doctor::ended_process> last;
    started_processes below;
    for (bool is_first = true;; is_first = false) {
        what.since = to.now();
        bool is_over = false;
        try {
            const doctor::diagnosis one(doctor::look(what));
            // A server closes its port first: from now on it is followed by its id.
            what.port = 0;
            what.pid = one.of.entry();
            service = one.of.service();
            for (const auto& socket : one.of.first.sockets) {
                if (socket.listens()) {
                    what.ports.emplace(socket.line.family, socket.line.local_port);
                }
            }
            below.take(one.of);
            const auto* entry = one.of.before(what.pid);
            if (entry != nullptr && !entry->arguments.empty()) {  // while it ends it has none
                last = doctor::remembered(*entry);
            }
            to.tell(blocker_line(one), wish.as_json ? as_json(one) : "");
        } catch (const doctor::look_error&) {
            if (is_first) {
                throw;
            }
            // Who was signalled may be gone, and who does the work go on.
            is_over = what.pid == service || !sys::read_process(service);
            to.tell(is_over ? "it has ended"
                            : "pid " + std::to_string(what.pid) + " has ended, and pid " +
                                  std::to_string(service) + " goes on",
                    "");
            what.pid = service;
        }
        if (is_over) {
            const int status =
                last ? watch_for_restart(std::move(what), wish, *last, to) : status_ok;
            return status == status_ok && below.tell(to) ? status_found : status;
        }
    }
}

}  // namespace lastcall::cli
