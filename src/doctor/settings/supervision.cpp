#include "doctor/settings/supervision.hpp"

#include <array>

#include "doctor/look/sample.hpp"
#include "doctor/settings/script_word.hpp"
#include "doctor/stop_evidence.hpp"
#include "lint/conf/conf_time.hpp"
#include "lint/shell/signals.hpp"
#include "sys/process/process_details.hpp"
#include "sys/process/process_facts.hpp"

namespace lastcall::doctor {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

struct supervision_reader {
    std::string_view name;
    void (*read)(const placed_process& above, const placed_process& program, supervised& into);
};

constexpr std::array readers{
    supervision_reader{"supervisord", read_supervisord},
    supervision_reader{"circusd", read_circus},
    supervision_reader{"pm2", read_pm2},
    supervision_reader{"s6-supervise", read_s6},
    supervision_reader{"runsv", read_runsv},
    supervision_reader{"foreman", read_foreman},
};

std::optional<milliseconds> in_milliseconds(const std::string& text) {
    return text.empty() ? std::nullopt : lint::conf_time(text, milliseconds(1));
}

void take_time(milliseconds time, std::string source, supervised& into) {
    into.wait = time;
    into.source = std::move(source);
    into.is_known = true;
    into.is_default = false;
}

/// Null: it is no supervisor that is known.
const core::supervisor* supervisor_at(int pid) {
    sys::process_facts facts;
    if (!sys::read_process_facts(pid, facts)) {
        return nullptr;
    }
    const auto program = program_of(facts);
    const auto* found = core::find_supervisor(program);
    if (found == nullptr) {
        found = core::find_supervisor(facts.comm.view());
    }
    if (found == nullptr) {
        found = core::find_supervisor(script_name(program, sys::arguments_of(pid)));
    }
    return found;
}

std::string first_line(const std::optional<std::string>& text) {
    return text ? text->substr(0, text->find_first_of(" \t\r\n")) : "";
}

}  // namespace

void take_signal(std::string_view text, const std::string& source, supervised& into) {
    const auto name = lint::shell::signal_name(text);
    if (name && lint::shell::signal_number(*name) > 0) {
        into.signal = lint::shell::signal_number(*name);
        into.signal_name = "SIG" + std::string(*name);
        into.signal_source = source;
    }
}

supervised supervision_of(const core::supervisor& kind, const placed_process& above,
                          const placed_process& program) {
    supervised made;
    made.supervisor = above.process.pid();
    made.program = program.process.pid();
    made.name = kind.name;
    made.setting = kind.setting;
    take_signal(kind.signal, std::string(kind.name) + ", by default", made);
    made.wait = kind.wait == milliseconds::max() ? nanoseconds::max() : nanoseconds(kind.wait);
    made.source = std::string(kind.setting.empty() ? kind.name : kind.setting) + ", by default";
    made.is_known = kind.setting.empty();
    for (const supervision_reader& each : readers) {
        if (each.name == kind.name) {
            each.read(above, program, made);
        }
    }
    return made;
}

std::vector<supervised> supervisions_of(const std::vector<int>& route) {
    std::vector<supervised> made;
    sys::process_facts first;
    if (route.empty() || !sys::read_process_facts(route.front(), first)) {
        return made;
    }
    int above = first.entry.ppid;
    for (const int pid : route) {
        if (const auto* kind = above > 0 ? supervisor_at(above) : nullptr) {
            const auto supervisor = read_seen_process(above);
            const auto program = read_seen_process(pid);
            if (supervisor && program) {
                made.push_back(supervision_of(*kind, {*supervisor, surroundings_of(above)},
                                              {*program, surroundings_of(pid)}));
            }
        }
        above = pid;
    }
    return made;
}

/// pm2 hands an app its settings as variables. Its own environment has what holds for all.
void read_pm2(const placed_process& above, const placed_process& program, supervised& into) {
    into.to_group = into.kills_group = program.around.variable("treekill") != "false";
    into.is_known = !program.around.variable("pm_id").empty();
    if (const auto time = in_milliseconds(program.around.variable("kill_timeout"))) {
        take_time(*time, "kill_timeout in the environment of the program", into);
    } else if (const auto all = in_milliseconds(above.around.variable("PM2_KILL_TIMEOUT"))) {
        take_time(*all, "PM2_KILL_TIMEOUT", into);
    }
    if (const auto name = above.around.variable("PM2_KILL_SIGNAL"); !name.empty()) {
        take_signal(name, "PM2_KILL_SIGNAL", into);
    }
}

/// It runs in the folder of its service. Of itself it never kills; s6-overlay around it does.
void read_s6(const placed_process& above, const placed_process& program, supervised& into) {
    const auto& own = above.around;
    into.is_known = !own.folder.empty();
    const auto signal = own.whole("down-signal");
    take_signal(first_line(own.read(signal)), "down-signal of " + own.folder, into);
    const auto limit = in_milliseconds(first_line(own.read(own.whole("timeout-kill"))));
    if (limit && limit->count() > 0) {
        take_time(*limit, "timeout-kill of " + own.folder, into);
        return;
    }
    constexpr const char* kept = "/run/s6/container_environment/";
    milliseconds sum{0};
    bool is_set = false;
    for (const char* name : {"S6_SERVICES_GRACETIME", "S6_KILL_GRACETIME"}) {
        auto value = in_milliseconds(own.variable(name));
        value = value ? value : in_milliseconds(program.around.variable(name));
        value = value ? value : in_milliseconds(first_line(own.read(kept + std::string(name))));
        is_set = is_set || value.has_value();
        sum += value.value_or(milliseconds(3000));  // of s6-overlay
    }
    if (is_set || !own.names(kept).empty()) {
        take_time(sum, "S6_SERVICES_GRACETIME and S6_KILL_GRACETIME", into);
        into.setting = "S6_KILL_GRACETIME";
        into.is_default = !is_set;
    }
}

/// A program in its folder may take the place of the signal.
void read_runsv(const placed_process& above, const placed_process& /*program*/, supervised& into) {
    const auto& own = above.around;
    const bool has_control = own.read(own.whole("control/t")) || own.read(own.whole("control/x"));
    into.is_known = !has_control && !own.folder.empty();
    if (has_control) {
        into.signal_source = "what control/t of " + own.folder + " does is not known";
    }
}

/// Its options are lost: it has written "foreman: master" over them.
void read_foreman(const placed_process& above, const placed_process& /*program*/,
                  supervised& into) {
    const auto path = above.around.whole(".foreman");
    const auto text = above.around.read(path).value_or("");
    const std::string_view key = "timeout:";
    std::uint32_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto one = std::string_view(text).substr(at, end - at);
        const auto time =
            one.starts_with(key) ? lint::conf_time(one.substr(key.size())) : std::nullopt;
        if (time) {
            take_time(*time, "timeout of " + path + ":" + std::to_string(line), into);
            into.is_known = false;
        }
        at = end + 1;
    }
}

}  // namespace lastcall::doctor
