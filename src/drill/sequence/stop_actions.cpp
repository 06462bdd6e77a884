// What a stop does to the service and beside it, when its sequence asks for it.
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "drill/sequence/stop_command.hpp"
#include "drill/sequence/stop_run.hpp"
#include "drill/subject/explain.hpp"
#include "sys/error_text.hpp"

namespace lastcall::drill {

void stop_run::carry_out(action& what) {
    if (!what.note.empty()) {
        say(what.note);
    }
    switch (what.what) {
        case action::kind::withdraw_routes:
            set_mark(mark::routes_withdrawn, load_.withdraw_routes());
            return;
        case action::kind::strike:
            strike(what);
            return;
        case action::kind::send:
            if (what.at == mark::killed && !has_ended_) {
                explain_now();
                killed_by_us_ = true;
            }
            if (what.at) {
                set_mark(*what.at, clock::now());
            }
            note_failures(send(what.signals));
            return;
        case action::kind::run:
            begin_command(what.role, what.command);
            break;
        case action::kind::fetch:
            command_.begin(prepare_request(what.role, what.url));
            break;
        case action::kind::abandon:
            command_.abandon();
            break;
        case action::kind::start_successor:
            start_successor();
            return;
        default:
            break;
    }
    if (what.at) {
        set_mark(*what.at, clock::now());
    }
}

void stop_run::strike(action& what) {
    std::unique_ptr<running_command> command;
    if (!what.command.empty()) {
        command = prepare(what.role, what.command);
    }
    int error = 0;
    const auto send_all = [&] {
        error = send(what.signals);
        if (command) {
            command->begin();
        }
    };
    const moment when =
        what.withdraws ? load_.withdraw_and_strike(send_all) : load_.strike(send_all);
    if (what.withdraws) {
        set_mark(mark::routes_withdrawn, when);
    }
    set_mark(mark::signal_sent, when);
    if (what.at == mark::killed) {
        killed_by_us_ = true;
        set_mark(mark::killed, when);
    }
    watch_.signal_sent(when);
    struck_ = when;
    command_.take(std::move(command), when);
    note_failures(error);
    explain_at_ = moments_to_explain(plan_, when,
                                     moment(std::chrono::nanoseconds(into_.marks[mark::deleted])));
    tell({.what = happening::kind::struck, .now = when.time_since_epoch()});
}

int stop_run::send(const std::vector<sending>& signals) {
    int result = 0;
    for (const auto& one : signals) {
        const int error = one.to == sending::whom::main ? who_.signal_main(one.number)
                                                        : who_.signal_all(one.number);
        result = error != 0 && error != ESRCH ? error : result;
    }
    return result;
}

void stop_run::note_failures(int error) {
    if (error != 0) {
        say(std::string("a signal could not be sent: ") + sys::error_text(error));
    }
}

std::unique_ptr<running_command> stop_run::prepare(const std::string& role,
                                                   const std::vector<std::string>& argv) {
    const int pid = has_ended_ ? 0 : who_.main_pid();
    const bool is_of_service = role != "event" && role != "stop command";
    auto environment = is_of_service && plan_.kind == sequence_kind::systemd
                           ? environment_of_stop(pid, who_.exit(), killed_by_us_)
                           : std::vector<std::string>{};
    auto words = is_of_service ? with_main_pid(argv, pid) : argv;
    return prepare_command(
        role, is_of_service ? who_.command_beside(std::move(words)) : subject::beside{words, 0},
        std::move(environment));
}

void stop_run::begin_command(const std::string& role, const std::vector<std::string>& argv) {
    try {
        command_.begin(prepare(role, argv));
        return;
    } catch (const std::runtime_error& problem) {
        // As on the platform: the hook has failed, and the stop goes on.
        say(problem.what());
    }
    constexpr int not_found = 127;
    tell({.what = happening::kind::command_ended, .now = now(), .status = not_found});
}

void stop_run::start_successor() {
    const bool is_ready = control_.start_successor && control_.start_successor();
    if (is_ready) {
        set_mark(mark::successor_ready, clock::now());
    }
    tell({.what = happening::kind::successor, .now = now(), .status = is_ready ? 0 : 1});
}

void stop_run::explain_when_due() {
    if (has_ended_) {
        return;
    }
    const auto now = clock::now();
    const auto due = std::erase_if(explain_at_, [now](moment at) { return at <= now; });
    if (due > 0) {
        explain_now();
    }
}

void stop_run::explain_now() {
    const bool to_all = plan_.to_all || (plan_.kind == sequence_kind::systemd &&
                                         plan_.mode == kill_mode::control_group);
    for (auto& one : explain(who_.processes(), main_pid_, plan_.signal, to_all)) {
        into_.explanations.push_back(std::move(one));
    }
}

}  // namespace lastcall::drill
