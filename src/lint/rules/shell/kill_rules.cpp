// Commands that end a program without asking it first, or without giving it time: S14 to S17.
#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "lint/launch/launch_steps.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/rules/shell/waited_time.hpp"
#include "lint/shell/option_reader.hpp"

namespace lastcall::lint {
namespace {

using shell::step;
using shell::stop_request;
using shell::stop_way;
using std::chrono::milliseconds;

/// What Docker gives a container when nobody says something else (docker stop, --time), the
/// shortest grace of the usual platforms.
constexpr milliseconds usual_grace = std::chrono::seconds(10);

bool is_signal_to_process(const stop_request& one) {
    return one.way == stop_way::kill || one.way == stop_way::kill_by_name ||
           one.way == stop_way::kill_by_file;
}

/// Asks for a stop in order: it leaves the program its time.
bool asks(const stop_request& one) {
    return !one.only_asks && !one.is_kill() &&
           !(one.way == stop_way::container_remove && one.is_forced);
}

constexpr const char* first_is_kill = "the first signal that the program gets is SIGKILL";

bool names_kill(const step& one) {
    return has_word(one, {"KILL", "SIGKILL", "9", "-9", "-KILL", "--signal=KILL", "--signal=9"});
}

/// start-stop-daemon --stop --signal KILL
bool kills_daemon(const step& one) {
    return one.name() == "start-stop-daemon" && has_word(one, {"--stop", "-K"}) && names_kill(one);
}

/// `bin/shutdown.sh`, `sh $HOME/stop_web.sh`: a script that is there to stop the program.
bool is_stop_script(const step& one) {
    const auto at = one.call.file != shell::invocation::none ? one.call.file : one.call.program;
    if (at == shell::invocation::none) {
        return false;
    }
    const auto name = shell::base_name(one.arguments[at].what.text);
    return name.starts_with("shutdown") ||
           (name.ends_with(".sh") && (name.starts_with("stop") || name.ends_with("stop.sh")));
}

/// Another command that is there to stop the program in order: `start-stop-daemon --stop`,
/// `server.sh stop`, `redis-cli shutdown`.
bool asks_in_its_way(const step& one) {
    return !names_kill(one) && one.name() != "echo" &&
           (one.name() == "killproc" || is_stop_script(one) ||
            has_word(one, {"stop", "--stop", "-K", "graceful-stop", "quit", "shutdown"}));
}

/// What `kubectl delete` is told to delete.
enum class deleted : std::uint8_t { pods, others, not_known };

/// The grace period is for the object that is named: of what a Deployment has made, the pods are
/// deleted later, each with its own.
deleted deleted_by(const stop_request& stop) {
    if (stop.targets.empty() || !stop.targets.front().is_known()) {
        return deleted::not_known;  // -f FILE, "$kind"
    }
    const std::string kinds = "," + stop.targets.front().what.text;
    for (const std::string_view one : {",pod,", ",pods,", ",po,", ",all,"}) {
        if ((kinds.substr(0, kinds.find('/')) + ",").find(one) != kinds.npos) {
            return deleted::pods;
        }
    }
    return deleted::others;
}

void judge_deletion(const step& one, const stop_request& stop, std::vector<script_fault>& into) {
    const auto what = deleted_by(stop);
    if (what == deleted::others) {
        return;
    }
    const auto sure = what == deleted::pods ? confidence::proven : confidence::hint;
    const auto grace = shell::asked_grace_of(stop);
    if ((grace && *grace >= milliseconds(0) && *grace <= std::chrono::seconds(1)) ||
        has_word(one, {"--now"})) {
        add_fault(into, "S17", one, "the pod gets no time between the signal and SIGKILL", {},
                  sure);
    } else if (stop.is_forced) {
        add_fault(into, "S17", one,
                  "the pod is taken out of the API at once, whether its programs have ended or not",
                  {}, sure);
    }
}

/// `docker rm -f $(docker ps -aq -f status=exited)`: what has ended already.
bool names_ended_containers(const step& one, const std::vector<step>& steps) {
    return std::any_of(steps.begin(), steps.end(), [&](const step& inner) {
        const bool is_inside = inner.around.is_in_substitution &&
                               inner.where.begin >= one.where.begin &&
                               inner.where.end <= one.where.end;
        const bool is_piped = inner.around.pipe_length > 1 && one.around.pipe_length > 1 &&
                              inner.around.pipe_position < one.around.pipe_position &&
                              &inner < &one && &one - &inner < one.around.pipe_length;
        return (is_inside || is_piped) &&
               std::any_of(inner.arguments.begin(), inner.arguments.end(), [](const auto& word) {
                   const auto& text = word.what.text;
                   return text.find("status=exited") != text.npos ||
                          text.find("status=created") != text.npos ||
                          text.find("status=dead") != text.npos;
               });
    });
}

void judge_container(const step& one, const stop_request& stop, bool was_asked,
                     std::vector<script_fault>& into) {
    const auto grace = shell::asked_grace_of(stop);
    switch (stop.way) {
        case stop_way::container_stop:
        case stop_way::compose_stop:
            if (grace && *grace < usual_grace) {
                add_fault(into, "S16", one,
                          "SIGKILL comes " + stop.grace->what.text +
                              " s after the signal, before the "
                              "10 s that a container has when nobody says anything",
                          stop.way == stop_way::compose_stop
                              ? "leave the time out: stop_grace_period of the service holds then"
                              : "");
            }
            break;
        case stop_way::container_kill:
        case stop_way::compose_kill:
            if (!was_asked && (stop.is_kill() || (stop.verb == "rm" && stop.is_forced &&
                                                  has_word(one, {"-s", "--stop", "-sf", "-fs"})))) {
                add_fault(into, "S16", one, "the container gets SIGKILL without having been asked");
            }
            break;
        case stop_way::container_remove:
            if (!was_asked && !(grace && *grace >= usual_grace)) {
                add_fault(
                    into, "S16", one,
                    "the container is removed by force, which sends SIGKILL, without having been "
                    "asked");
            }
            break;
        case stop_way::kubectl_delete:
            judge_deletion(one, stop, into);
            break;
        case stop_way::kubectl_drain:
            if (stop.skips_eviction) {
                add_fault(into, "S17", one,
                          "--disable-eviction deletes pods past their disruption "
                          "budgets");
            } else if (grace && *grace >= milliseconds(0) && *grace < std::chrono::seconds(30)) {
                add_fault(into, "S17", one,
                          "all pods of the node get " + stop.grace->what.text +
                              " s instead of the grace period that each has asked for");
            }
            break;
        default:
            break;
    }
}

/// kill; sleep 5; kill -9
void judge_fixed_wait(const script_case& given, const step& one, const step* slept,
                      std::vector<script_fault>& into) {
    const auto length = slept != nullptr ? waited_time(given.script, *slept) : std::nullopt;
    if (length && *length < usual_grace) {
        add_fault(
            into, "S15", one,
            "SIGKILL comes " + seconds_text(*length) + " s after the first signal, " +
                (slept->around.loops > 0 ? "with no more time for a program that is at work"
                                         : "whether the program is done with its work or not"));
    }
}

/// `kill $pid; kill -9 $pid`: nothing in between lets time pass.
bool comes_at_once(const std::vector<step>& steps, const step& asked, const step& killed) {
    constexpr std::string_view quick =
        " echo printf true : [ test pgrep pidof ps grep egrep awk cat lsof cut head tail tr ";
    const auto from = steps.begin() + (&asked - steps.data()) + 1;
    const auto to = steps.begin() + (&killed - steps.data());
    return asked.around.loops == 0 && killed.around.loops == 0 && !killed.around.is_optional &&
           asked.around.function == killed.around.function &&
           std::all_of(from, to,
                       [&](const step& one) { return shell::is_named(quick, one.name()); });
}

/// Which containers a script has asked to stop.
class asked_containers {
public:
    void add(const stop_request& stop) {
        for (const auto& one : stop.targets) {
            names_.insert(one.what.text);
        }
        // What a variable names may be any of them, and `compose down` is for all.
        are_all_named_ = are_all_named_ && !stop.targets.empty() &&
                         stop.way == stop_way::container_stop && are_known(stop);
        is_any_ = true;
    }
    [[nodiscard]] bool has(const stop_request& stop) const {
        return is_any_ &&
               (!are_all_named_ || !are_known(stop) ||
                std::all_of(stop.targets.begin(), stop.targets.end(),
                            [&](const auto& one) { return names_.contains(one.what.text); }));
    }

private:
    static bool are_known(const stop_request& stop) {
        return std::all_of(stop.targets.begin(), stop.targets.end(),
                           [](const auto& one) { return one.is_known(); });
    }

    std::set<std::string> names_;
    bool is_any_ = false;
    bool are_all_named_ = true;
};

}  // namespace

void find_kills(const script_case& given, std::vector<script_fault>& into) {
    bool was_asked = false;
    bool was_signalled = false;  // by what may come back before the end
    const step* slept = nullptr;
    const step* asked = nullptr;
    for (const step& one : given.run.steps) {
        if (const auto sleep = shell::sleep_of(one); sleep && sleep->is_known() && was_signalled) {
            slept = &one;
        }
        const auto stop = shell::stop_request_of(one);
        if (!stop || stop->only_asks) {
            if (kills_daemon(one) && !was_asked) {
                add_fault(into, "S14", one, first_is_kill);
            } else if (!stop && asks_in_its_way(one)) {
                was_asked = true;
                was_signalled = false;
            }
            continue;
        }
        if (stop->is_kill() && is_signal_to_process(*stop)) {
            if (asked != nullptr && comes_at_once(given.run.steps, *asked, one)) {
                add_fault(into, "S15", one, "SIGKILL comes at once after the first signal");
            } else if (was_asked) {
                judge_fixed_wait(given, one, slept, into);
            } else {
                add_fault(into, "S14", one, first_is_kill);
            }
        }
        if (asks(*stop)) {
            was_asked = true;
            was_signalled = true;
            slept = nullptr;
            asked = is_signal_to_process(*stop) ? &one : nullptr;
        }
    }
}

void find_platform_kills(const script_case& given, std::vector<script_fault>& into) {
    asked_containers asked;
    for (const step& one : given.run.steps) {
        const auto stop = shell::stop_request_of(one);
        if (!stop || stop->only_asks) {
            continue;
        }
        if (!names_ended_containers(one, given.run.steps)) {
            judge_container(one, *stop, asked.has(*stop), into);
        }
        // What a signal to some process of the host has asked is no container.
        if (asks(*stop) && !is_signal_to_process(*stop)) {
            asked.add(*stop);
        }
    }
}

}  // namespace lastcall::lint
