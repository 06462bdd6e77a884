// Who is process 1 of the container, and whether the signal gets past it: D01 to D03, D10, D11.
#include <algorithm>

#include "core/stop_cause.hpp"
#include "lint/launch/staying_shell.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/rules/shell/exec_insert.hpp"
#include "lint/rules/shell/shell_words.hpp"

namespace lastcall::lint {
namespace {

using shell::invocation;
using shell::step;

/// The end in which the shell is still there while the program runs; null: it never is.
const script_end* staying_end(const docker_case& given, const launch_hop& hop) {
    return lint::staying_end(hop, given.stage()->known);
}

const docker_command* command_of(const docker_case& given) {
    for (const auto* one : {&given.stage()->entrypoint, &given.stage()->cmd}) {
        if (*one && (**one).from == given.started_by() && given.started_by() != nullptr) {
            return &**one;
        }
    }
    return nullptr;
}

std::string quoted_words(const std::vector<shell::argument>& words) {
    std::string made = "[";
    for (const auto& one : words) {
        made += made.size() > 1 ? ", \"" : "\"";
        for (const char c : one.what.text) {
            made += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        }
        made += '"';
    }
    return made + "]";
}

/// The words of the lone command of a shell form, when the exec form can say the same.
std::optional<std::string> as_exec_form(const launch_hop& hop) {
    if (!is_lone_command(hop.script->parsed()) || hop.script->run().steps.size() != 1) {
        return std::nullopt;
    }
    const step& only = hop.script->run().steps.front();
    const bool is_plain =
        !only.arguments.empty() && only.what->redirections.empty() &&
        std::get<shell::simple_command>(only.what->what).assignments.empty() &&
        std::all_of(only.arguments.begin(), only.arguments.end(), [](const shell::argument& one) {
            return one.what.how == shell::certainty::known && !one.is_many && one.from != nullptr &&
                   one.from->is_plain() &&
                   one.what.text.find_first_of("*?[~{") == std::string::npos;
        });
    return is_plain ? std::optional(quoted_words(only.arguments)) : std::nullopt;
}

void put_exec(const launch_hop& hop, const script_end& end, finding& into) {
    if (const auto text = exec_for(hop, end); !text.empty()) {
        place begin = hop.script->parsed().at(end.what->where);
        begin.size = 0;
        into.edits.push_back({begin, text});
    }
}

/// `service nginx start && tail -f /dev/null`. Returns: whether it is that.
bool report_daemon(const docker_case& given, const launch_hop& hop, std::string_view rule) {
    const auto* daemon = hop.is_inline && hop.script != nullptr && !has_group_init(hop) &&
                                 term_handler(hop.script->run()) == nullptr
                             ? daemon_behind_sleep(hop.ends, hop.script->run())
                             : nullptr;
    if (daemon == nullptr) {
        return false;
    }
    auto& made = given.report().add(
        rule, given.started_at(),
        "no stop signal comes to what \"" + words_of(*daemon) +
            "\" starts: it comes to what keeps the container alive, or its shell");
    made.sure = confidence::proven;
    made.fix = "start it in the foreground, as the only command";
    return true;
}

/// `npm start`, `go run .`: starts the program as a child and keeps the signal, or passes it late.
std::string launcher_of(const launch_hop& hop) {
    if (hop.call.program == invocation::none) {
        return {};
    }
    std::string command;
    for (std::size_t i = hop.call.program; i < hop.words.size(); ++i) {
        command += (command.empty() ? "" : " ") + hop.words[i].what.what.text;
    }
    // Who runs a program as somebody else is D11.
    if (const auto name = core::launcher_in(command);
        !name.empty() && name != "su" && name != "sudo" && name != "runuser") {
        return std::string(name);
    }
    constexpr std::string_view with_verb[] = {"go run",       "cargo run",    "dotnet run",
                                              "dotnet watch", "rails server", "rails s",
                                              "node --watch"};
    for (const std::string_view one : with_verb) {
        if (command.starts_with(one) &&
            (command.size() == one.size() || command[one.size()] == ' ')) {
            return std::string(one);
        }
    }
    return hop.call.name == "flask" && command.find("--reload") != std::string::npos
               ? "flask --reload"
               : std::string();
}

}  // namespace

void check_shell_form(const docker_case& given) {
    const auto* command = command_of(given);
    const auto& hops = given.chain().hops;
    if (command == nullptr || command->is_json || hops.empty() || !hops.front().is_shell()) {
        return;
    }
    if (!given.started_by()->json.why_not.empty()) {
        return;  // a broken array, which was not meant for a shell: G02
    }
    if (report_daemon(given, hops.front(), "D01")) {
        return;
    }
    const auto* end = staying_end(given, hops.front());
    if (end == nullptr) {
        return;
    }
    auto& made = given.report().add("D01", given.started_at(),
                                    "process 1 is \"" + hops.front().call.name +
                                        "\", which does not pass the stop signal on "
                                        "to \"" +
                                        words_of(*end->what) + "\"");
    made.sure = shell_kind_of(hops.front().call.name, given.stage()->known) == shell_kind::unknown
                    ? confidence::likely
                    : confidence::proven;
    if (const auto exec_form = as_exec_form(hops.front())) {
        made.fix = given.started_by()->name + " " + *exec_form;
        made.edits.push_back({made.at, *exec_form});
    } else {
        made.fix = end->kind == end_kind::pipeline
                       ? "exec " + words_of(*end->what) + ", without the pipeline"
                       : "exec in front of " + quoted(words_of(*end->what));
        put_exec(hops.front(), *end, made);
    }
}

void check_shell_in_front(const docker_case& given) {
    const auto* command = command_of(given);
    if (command == nullptr || !command->is_json) {
        return;
    }
    for (const launch_hop& hop : given.chain().hops) {
        const auto* end = staying_end(given, hop);
        if (end == nullptr && find_init(hop) == nullptr && report_daemon(given, hop, "D02")) {
            return;
        }
        if (end == nullptr) {
            continue;
        }
        const auto* init = find_init(hop);
        if (init != nullptr && !has_group_init(hop)) {
            given.report()
                .add("D10", given.started_at(),
                     init->name + " passes the stop signal to \"" + hop.call.name +
                         "\" only, and not to \"" + words_of(*end->what) + "\"")
                .sure = confidence::proven;
            return;
        }
        if (init == nullptr && hop.is_inline) {
            auto& made =
                given.report().add("D02", given.started_at(),
                                   "the shell stays in front of \"" + words_of(*end->what) +
                                       "\" and does not pass the stop signal on");
            made.fix = "put exec in front of " + quoted(words_of(*end->what));
            put_exec(hop, *end, made);
            return;
        }
        return;  // a script: D08
    }
}

void check_launcher(const docker_case& given) {
    if (given.started_by() == nullptr) {
        return;
    }
    for (const launch_hop& hop : given.chain().hops) {
        if (const auto launcher = launcher_of(hop); !launcher.empty()) {
            auto& made = given.report().add("D03", given.started_at(),
                                            "\"" + launcher +
                                                "\" stands between the platform and "
                                                "the program");
            made.sure = confidence::likely;
            return;
        }
    }
}

void check_other_user(const docker_case& given) {
    if (given.started_by() == nullptr) {
        return;
    }
    for (const launch_hop& hop : given.chain().hops) {
        std::string name;
        for (const std::string_view one : {"sudo", "doas"}) {
            name = hop.call.find(one) != nullptr ? std::string(one) : name;
        }
        if (hop.call.program != invocation::none) {
            const auto program = shell::base_name(hop.words[hop.call.program].what.what.text);
            name = program == "su" || program == "runuser" ? std::string(program) : name;
        }
        if (!name.empty()) {
            given.report().add("D11", given.started_at(),
                               "\"" + name +
                                   "\" stays as the parent of the program and takes the "
                                   "stop signal in its own way");
            return;
        }
    }
}

}  // namespace lastcall::lint
