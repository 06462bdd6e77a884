#include "doctor/route/route.hpp"

#include <algorithm>
#include <cstdlib>

#include <lastcall/duration.hpp>

#include "core/stop_cause.hpp"
#include "doctor/route/meaning.hpp"
#include "doctor/stop_evidence.hpp"
#include "sys/signal/default_action.hpp"

namespace lastcall::doctor {
namespace {

constexpr int sigkill = 9;

struct judged {
    verdict what;
    std::string why;
};

std::string pid_text(int pid) { return "pid " + std::to_string(pid); }

/// What holds before any handler could run.
std::optional<judged> judge_state(const seen_process& one) {
    if (one.entry.is_dead()) {
        return judged{verdict::swallows, "it is dead, and was not reaped"};
    }
    if (one.is_frozen) {
        return judged{verdict::defers, "its cgroup is frozen"};
    }
    if (one.entry.state == 't') {
        return judged{verdict::defers,
                      "it is held by " + pid_text(one.tracer) + " `" + one.tracer_command + "`"};
    }
    if (one.entry.state == 'T') {
        return judged{verdict::defers, "it was stopped, and takes no signal before SIGCONT"};
    }
    return std::nullopt;
}

/// `while kill -0 $pid; do sleep 1; done` looks at its trap once a second.
bool is_brief(const seen& of, const seen_process& child) {
    constexpr double at_most_s = 5;
    if (of.before(child.pid()) == nullptr) {
        return true;
    }
    char* end = nullptr;
    const bool is_sleep = child.program == "sleep" && child.arguments.size() == 2;
    const double time_s = is_sleep ? std::strtod(child.arguments.back().c_str(), &end) : 0;
    return is_sleep && (*end == '\0' || std::string_view(end) == "s") && time_s <= at_most_s;
}

judged judge_shell_trap(const seen& of, const seen_process& shell, const seen_process& next) {
    if (const auto* other = other_in_front(of, shell, next)) {
        return {verdict::defers, "its trap runs only after pid " + std::to_string(other->pid()) +
                                     " `" + other->command + "` has ended"};
    }
    switch (place_of_child(of, shell, next)) {
        case core::child_place::background:
            return {verdict::handles, std::string(of.foreground_of(shell.pid()) == nullptr
                                                      ? "it is in `wait`, and its trap runs at once"
                                                      : "its trap runs between its commands") +
                                          "; whether " + pid_text(next.pid()) +
                                          " is told is up to the trap"};
        case core::child_place::foreground:
            return {verdict::defers, "its trap runs only after " + pid_text(next.pid()) + " `" +
                                         next.program + "` has ended"};
        case core::child_place::unknown:
            break;
    }
    return {verdict::defers, "it has a trap, which waits for " + pid_text(next.pid()) +
                                 " unless that is in the background"};
}

judged judge_caught(const seen& of, const seen_process& one, const seen_process* next) {
    if (next == nullptr && one.is_namespace_init() && one.program.starts_with("node") &&
        !one.names_signal) {
        return {verdict::decoy,
                "as pid 1 the handler of Node.js itself does nothing, and its "
                "script names no " +
                    of.signal_name_to(one.pid())};
    }
    if (next == nullptr) {
        return {verdict::handles, "it has a handler"};
    }
    if (core::is_shell(one.program)) {
        return judge_shell_trap(of, one, *next);
    }
    if (core::is_init(one.program)) {
        return {verdict::forwards, forwards_to_group(one) ? "to the process group" : ""};
    }
    if (const auto launcher = core::launcher_in(one.command); !launcher.empty()) {
        return {verdict::forwards, std::string(launcher) + " does so to its child only"};
    }
    if (takes_it_otherwise(of, one)) {
        return {verdict::handles, "on " + of.signal_name_to(one.pid()) + " it " +
                                      std::string(software_of(one)->other)};
    }
    return {verdict::handles,
            "it has a handler, and stops " + pid_text(next->pid()) + " by itself"};
}

judged judge_default(const seen& of, const seen_process& one, const seen_process* next) {
    if (one.is_namespace_init()) {
        return {verdict::swallows,
                "as pid 1 without a handler it never gets " + of.signal_name_to(one.pid())};
    }
    const auto action = sys::default_action_of(of.signal_to(one.pid()));
    if (action != sys::default_action::ends) {
        return {verdict::swallows,
                "it has no handler, and by default " + of.signal_name_to(one.pid()) +
                    (action == sys::default_action::stops ? " only halts it" : " does nothing")};
    }
    if (of.signal_to(one.pid()) == sigkill) {
        return {verdict::dies, "SIGKILL ends it at once, whatever handlers it has"};
    }
    return {verdict::dies, next == nullptr ? "without a handler it ends at once"
                                           : "without telling " + pid_text(next->pid())};
}

/// A supervisor sends a signal of its own. Null: it is none, or that is not known.
const supervised* supervision_by(const seen& of, const seen_process& one,
                                 const seen_process* next) {
    for (const supervised& each : of.supervisions) {
        if (each.supervisor == one.pid() && next != nullptr && each.program == next->pid()) {
            return &each;
        }
    }
    return nullptr;
}

std::string supervision_text(const supervised& of) {
    std::string made = "it sends " + of.signal_name + " to " +
                       (of.to_group ? "the group of " : "") + pid_text(of.program);
    if (of.wait == std::chrono::nanoseconds::max()) {
        return made + ", and never SIGKILL";
    }
    const std::string kill =
        of.kills_group && !of.to_group ? ", and SIGKILL to its group " : ", and SIGKILL ";
    return of.wait ? made + kill + to_text(*of.wait) + " later" : made;
}

judged judge_hop(const seen& of, const seen_process& one, const seen_process* next) {
    const int signal = of.signal_to(one.pid());
    const auto& name = of.signal_name_to(one.pid());
    if (auto made = judge_state(one)) {
        return std::move(*made);
    }
    if (one.ignores(signal)) {
        return {verdict::swallows, "it ignores " + name};
    }
    const bool is_collected = one.reads_signalfd(signal) || one.waits_for(signal);
    if (const auto* by = supervision_by(of, one, next);
        by != nullptr && (is_collected || one.catches(signal)) && !takes_it_otherwise(of, one)) {
        return {verdict::forwards, supervision_text(*by)};
    }
    if (is_collected) {
        const bool is_init = core::is_init(one.program);
        return {is_init ? verdict::forwards : verdict::handles,
                is_init && forwards_to_group(one) ? "to the process group"
                : is_init                         ? ""
                : one.reads_signalfd(signal)      ? "it has a signalfd"
                                                  : "a thread waits for it"};
    }
    if (one.may_take_unseen(signal)) {
        return {verdict::unknown, "whether it waits for it may not be looked at"};
    }
    if (one.blocks(signal) && one.catches(signal) && !one.has_pending(signal) && of.is_stopping()) {
        return {verdict::handles, "it is inside of its handler"};
    }
    if (one.blocks(signal)) {
        return {verdict::swallows, "every thread blocks " + name};
    }
    return one.catches(signal) ? judge_caught(of, one, next) : judge_default(of, one, next);
}

/// A supervisor above the route, which signals everybody that its program has started.
bool is_signalled_as_group(const seen& of) {
    return std::any_of(of.supervisions.begin(), of.supervisions.end(), [&](const supervised& each) {
        return each.to_group && each.program == of.entry() && each.signal == of.signal;
    });
}

}  // namespace

std::string_view to_string(verdict value) noexcept {
    switch (value) {
        case verdict::handles:
            return "handles";
        case verdict::forwards:
            return "forwards";
        case verdict::swallows:
            return "swallows";
        case verdict::dies:
            return "dies";
        case verdict::defers:
            return "defers";
        case verdict::decoy:
            return "decoy";
        case verdict::unknown:
            return "unknown";
        case verdict::ended:
            break;
    }
    return "ended";
}

const seen_process* other_in_front(const seen& of, const seen_process& shell,
                                   const seen_process& child) {
    const auto* place = of.script_of(shell.pid());
    const auto* front = of.foreground_of(shell.pid());
    const bool is_waiting = place != nullptr && place->is_wait;
    return front == nullptr || front == &child || is_waiting || is_brief(of, *front) ? nullptr
                                                                                     : front;
}

core::child_place place_of_child(const seen& of, const seen_process& shell,
                                 const seen_process& child) {
    if (other_in_front(of, shell, child) != nullptr) {
        return core::child_place::foreground;
    }
    const auto* front = of.foreground_of(shell.pid());
    if (front != nullptr && front != &child) {
        return core::child_place::background;
    }
    if (const auto* place = of.script_of(shell.pid())) {
        if (place->is_wait || place->is_background) {
            return core::child_place::background;
        }
        return core::child_place::foreground;
    }
    return starts_in_background(shell.signals, child.signals) ? core::child_place::background
                                                              : core::child_place::unknown;
}

bool forwards_to_group(const seen_process& one) {
    const auto has = [&](std::string_view option) {
        for (std::size_t i = 1; i < one.arguments.size() && one.arguments[i].starts_with('-') &&
                                one.arguments[i] != "--";
             ++i) {
            if (one.arguments[i] == option) {
                return true;
            }
        }
        return false;
    };
    if (one.program == "dumb-init") {
        return !has("-c") && !has("--single-child");
    }
    return core::is_init(one.program) && has("-g");
}

std::vector<hop> make_route(const seen& of) {
    std::vector<hop> made;
    bool is_reached = !of.platform.signals_nobody();
    bool by_group = of.platform.signals_all() || is_signalled_as_group(of);
    for (const int pid : of.route) {
        hop one;
        one.pid = pid;
        one.is_by_group = by_group;
        one.is_reached = is_reached || by_group;
        one.script = of.script_of(pid);
        const auto* process = of.find(pid);
        if (process == nullptr) {
            const auto* before = of.before(pid);
            one.command = before == nullptr ? "?" : before->command;
            one.what = verdict::ended;
            one.why = "it has ended meanwhile";
        } else {
            const auto* next = of.find(of.hop_behind(pid));
            auto found = judge_hop(of, *process, next);
            one.command = process->command;
            one.what = found.what;
            one.why = std::move(found.why);
            const auto* by = supervision_by(of, *process, next);
            by_group = by_group || (one.is_reached && forwards_to_group(*process)) ||
                       (one.is_reached && by != nullptr && by->to_group);
        }
        is_reached =
            one.is_reached && (one.what == verdict::forwards || one.what == verdict::handles ||
                               one.what == verdict::unknown);
        made.push_back(std::move(one));
    }
    return made;
}

}  // namespace lastcall::doctor
