#include "drill/service.hpp"

#include <algorithm>

#include "drill/load/fetch.hpp"
#include "drill/subject/command_result.hpp"
#include "sys/process/process.hpp"
#include "sys/socket/listen_queue.hpp"
#include "sys/socket/socket.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;

constexpr auto between_attempts = 20ms;
constexpr auto one_attempt = 2s;
constexpr const char* nothing_yet = "nothing was asked";
constexpr const char* refused = "connection refused";  // as fetch() words it

command_plan plan_of(const settings& chosen, const std::vector<std::string>& command,
                     int listener) {
    command_plan plan;
    plan.argv = command;
    plan.environment = chosen.environment;
    plan.listener = listener;
    switch (chosen.sequence.kind) {
        case sequence_kind::docker:
        case sequence_kind::kubernetes:
            plan.in_pid_namespace = true;
            plan.with_init = chosen.with_init;
            break;
        case sequence_kind::systemd:
            plan.in_cgroup = true;
            plan.hears_notify = true;
            break;
        default:
            break;
    }
    return plan;
}

std::unique_ptr<subject> start(const run_context& context, const std::vector<std::string>& command,
                               int listener) {
    try {
        return start_command(plan_of(context.chosen, command, listener),
                             [&watching = context.watching](std::string_view line) {
                                 watching.subject_printed(line);
                             });
    } catch (const std::runtime_error& e) {
        throw drill_error(e.what());
    }
}

/// Known only by the command that causes its stop, or its reload.
class somebody final : public subject {
public:
    explicit somebody(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] int main_pid() const override { return 0; }
    [[nodiscard]] std::vector<int> processes() const override { return {}; }
    int signal_main(int) override { return 0; }
    int signal_all(int) override { return 0; }
    bool wait(moment until) override {
        sys::sleep_until(until);
        return false;
    }
    [[nodiscard]] std::optional<exit_facts> exit() const override { return std::nullopt; }
    [[nodiscard]] std::int64_t exit_ns() const override { return 0; }

private:
    std::string name_;
};

std::unique_ptr<subject> take(const settings& chosen) {
    const auto& who = chosen.who;
    try {
        if (who.pid) {
            return take_process(*who.pid);
        }
        if (!who.container.empty()) {
            return take_container(who.container);
        }
        if (!who.unit.empty()) {
            return take_unit(who.unit);
        }
        return std::make_unique<somebody>("`" + in_words(chosen.sequence.event) + "`");
    } catch (const std::runtime_error& e) {
        throw drill_error(e.what());
    }
}

/// Errors: drill_error: who answers would not be the service.
void refuse_a_stranger(const sys::endpoint& at) {
    if (sys::listener_state(at).listens()) {
        throw drill_error("somebody listens at " + at.text() +
                          " already, and would be loaded instead of the service; stop it, or "
                          "let the drill choose a port: write {port} in the command");
    }
}

/// Any response counts where there is no probe: then all that can be told is that it talks.
bool is_ready(const settings& chosen, const fetched& answer) {
    return chosen.where.ready.empty() ? answer.status != 0
                                      : answer.status >= 200 && answer.status < 300;
}

/// Whether this very process listens, where two generations share a port.
bool listens(const subject& who, std::uint16_t port) {
    std::vector<sys::socket_line> lines(64);  // the listening ones come first
    for (const int pid : who.processes()) {
        const auto seen = sys::read_sockets(pid, lines, std::chrono::nanoseconds::max());
        for (std::size_t i = 0; i < seen.lines; ++i) {
            if (lines[i].state == sys::socket_state::listening && lines[i].local_port == port) {
                return true;
            }
        }
    }
    return false;
}

/// Waits until `who` answers; with `itself`, until it listens itself as well.
/// Returns: what is in the way; empty when it is ready.
std::string wait_until_ready(const run_context& context, subject& who, bool itself) {
    const auto& chosen = context.chosen;
    const auto& target = chosen.load.target;
    const auto& path = chosen.where.ready.empty() ? chosen.where.url : chosen.where.ready;
    const auto until = clock::now() + chosen.start_within;
    std::string last = nothing_yet;
    bool asked_for_tls = false;
    while (clock::now() < until && !context.stop_asked) {
        const auto next = clock::now() + between_attempts;
        if (who.wait(clock::now())) {
            return who.name() + " " + how_it_ended(who) + " before it was ready" + last_words(who);
        }
        const auto answer = fetch(
            target, path, std::min<std::chrono::nanoseconds>(one_attempt, until - clock::now()));
        if (is_ready(chosen, answer) && (!itself || listens(who, target.at.port()))) {
            return {};
        }
        if (answer.is_tls_fault) {
            return "GET " + path + " at " + target.at.text() + ": " + answer.problem +
                   last_words(who);
        }
        const bool was_heard = answer.status == 0 && answer.problem != refused;
        if (was_heard && !target.uses_tls && !asked_for_tls && speaks_tls(target, one_attempt)) {
            return "GET " + path + " at " + target.at.text() + ": " + answer.problem +
                   "; the port speaks TLS: write https:// in --url";
        }
        asked_for_tls = asked_for_tls || was_heard;
        // An attempt that is cut short by the end says less than the one before it.
        if (until - clock::now() > between_attempts || last == nothing_yet) {
            last =
                answer.status == 0 ? answer.problem : "it answers " + std::to_string(answer.status);
        }
        who.wait(next);
    }
    const auto seconds = chosen.start_within / 1ms;
    return "GET " + path + " at " + target.at.text() + " gave no " +
           (chosen.where.ready.empty() ? "answer" : "2xx answer") + " within " +
           std::to_string(seconds) + " ms (--start-within): " + last + last_words(who);
}

bool asks_for_listener(const std::vector<std::string>& command) {
    return std::ranges::any_of(
        command, [](const auto& word) { return word.find("fd:3") != std::string::npos; });
}

}  // namespace

std::string last_words(const subject& who) {
    const auto lines = who.last_lines();
    std::string text;
    const auto shown = std::min<std::size_t>(lines.size(), 10);
    for (auto line = lines.end() - static_cast<std::ptrdiff_t>(shown); line != lines.end();
         ++line) {
        text += "\n    " + *line;
    }
    return text.empty() ? text : "\n  its last lines:" + text;
}

std::string how_it_ended(const subject& who) {
    const auto exit = who.exit();
    if (!exit || !exit->known) {
        return "ended";
    }
    return exit->signal != 0 ? "was ended by " + signal_name(exit->signal)
                             : "ended with status " + std::to_string(exit->code);
}

void end_service(subject& who, int signal) {
    who.signal_main(signal);
    if (!who.wait(clock::now() + one_attempt)) {
        who.signal_all(sigkill);
        who.wait(clock::now() + one_attempt);
    }
}

std::unique_ptr<subject> start_service(const run_context& context, int listener) {
    const auto& command = context.chosen.who.command;
    if (!command.empty() && listener < 0) {
        refuse_a_stranger(context.chosen.load.target.at);
    }
    auto made = command.empty() ? take(context.chosen) : start(context, command, listener);
    if (const auto why = wait_until_ready(context, *made, false); !why.empty()) {
        throw drill_error(why);
    }
    return made;
}

std::unique_ptr<subject> start_successor(const run_context& context, int listener,
                                         std::string& problem) {
    const auto& chosen = context.chosen;
    const auto& command = chosen.successor.empty() ? chosen.who.command : chosen.successor;
    auto made = start(context, command, listener);
    if (const auto why = wait_until_ready(context, *made, true); !why.empty()) {
        problem = "the successor did not get ready, so the old one was not stopped: " + why;
        context.watching.noted(problem);
        return nullptr;
    }
    return made;
}

sys::unique_fd make_shared_listener(const settings& chosen) {
    if (!asks_for_listener(chosen.who.command) && !asks_for_listener(chosen.successor)) {
        return {};
    }
    const auto text = chosen.load.target.at.text();
    return sys::listen_tcp(sys::parse_listen_address(text), 4096);
}

std::string list_of_effects(const run_context& context) {
    const auto& effects = context.chosen.effects;
    if (!effects.list_command.empty()) {
        const auto made = run_command(effects.list_command, context.chosen.start_within);
        if (made.status != 0) {
            throw drill_error("effects: the command " + effects.list_command.front() +
                              " ended with status " + std::to_string(made.status) + ": " +
                              made.output.substr(0, 500));
        }
        return made.output;
    }
    const auto listener = make_shared_listener(context.chosen);
    const auto again = start_service(context, listener.get());
    const auto answer =
        fetch(context.chosen.load.target, effects.list, context.chosen.load.patience);
    end_service(*again, context.chosen.sequence.signal);
    if (answer.status < 200 || answer.status > 299) {
        throw drill_error(
            "effects: GET " + effects.list + " of the restarted service: " +
            (answer.status == 0 ? answer.problem : "it answers " + std::to_string(answer.status)));
    }
    return answer.body;
}

}  // namespace lastcall::drill
