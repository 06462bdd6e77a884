#include "init/last_line.hpp"

#include "init/json_text.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {

using core::keeper_phase;

namespace {

void write_main(json_text& json, const stop_record& record) noexcept {
    json.begin_object("main");
    json.field("pid", record.main_pid);
    json.field("command", record.main_command.view());
    if (!record.main_ended) {
        json.field("ended", false);
    } else if (record.main_killed) {
        json.field("signal", sys::signal_name(record.main_status));
        json.field("killed_by_keeper", record.main_killed_by_us);
    } else {
        json.field("status", record.main_status);
    }
    json.end_object();
}

void write_sender(json_text& json, const stop_sender& sender) noexcept {
    if (sender.signal == 0) {
        json.null_field("sender");
        return;
    }
    json.begin_object("sender");
    json.field("signal", sys::signal_name(sender.signal));
    json.field("pid", sender.pid);
    json.field("uid", sender.uid);
    if (sender.from_terminal) {
        json.field("from", "terminal");
    } else {
        json.field("from", sender.pid == 0 ? "outside" : "process");
    }
    json.field("command", sender.command.view());
    json.end_object();
}

/// Each phase that was entered: how long it lasted.
void write_phases(json_text& json, const core::keeper_machine& machine,
                  std::chrono::nanoseconds now) noexcept {
    json.begin_object("phases");
    std::optional<std::chrono::nanoseconds> since;
    std::string_view name;
    constexpr std::string_view names[] = {"announcing_ms", "stopping_main_ms", "stopping_rest_ms",
                                          "killing_ms"};
    const auto end = machine.entered(keeper_phase::ended).value_or(now);
    for (auto phase = keeper_phase::announcing; phase <= keeper_phase::killing;
         phase = static_cast<keeper_phase>(static_cast<int>(phase) + 1)) {
        const auto entered = machine.entered(phase);
        if (!entered) {
            continue;
        }
        if (since) {
            json.field(name, *entered - *since);
        }
        since = entered;
        name = names[static_cast<std::size_t>(phase) - 1];
    }
    if (since) {
        json.field(name, end - *since);
    }
    json.end_object();
}

}  // namespace

void write_last_line(core::text_sink& out, const options& what, const core::keeper_machine& machine,
                     const stop_record& record, std::chrono::nanoseconds now) noexcept {
    json_text json(out);
    json.begin_object();
    json.field("schema", 1);
    json.field("program", "lastcall-init");
    json.field("cause", core::to_string(machine.cause()));
    write_sender(json, record.sender);
    json.field("stop_signals", record.stop_signals);
    write_main(json, record);
    json.field("ran_ms", machine.stop_began().value_or(now) - record.started);
    if (record.ready > std::chrono::nanoseconds(0)) {
        json.field("ready_ms", record.ready - record.started);
    }
    json.field("stop_ms", now - machine.stop_began().value_or(now));
    json.field("grace_ms", what.plan.grace);
    json.field("grace_source", what.grace_source);
    json.field("reserve_ms", what.plan.reserve);
    write_phases(json, machine, now);
    json.field("reaped", record.reaped);
    json.begin_array("killed");
    for (std::size_t i = 0; i < record.killed_count && i < record.killed.size(); ++i) {
        json.begin_object();
        json.field("pid", record.killed[i].pid);
        json.field("command", record.killed[i].command.view());
        json.field("why", record.killed[i].why.view());
        json.end_object();
    }
    json.end_array();
    json.field("killed_count", record.killed_count);
    json.field("left", record.left);
    json.field("oom_kills", record.oom_kills);
    json.field("exit", record.exit_status);
    json.end_object();
}

}  // namespace lastcall::init
