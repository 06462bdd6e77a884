// A shell in `command` or `entrypoint`: C05. What a hook runs: C08.
#include <algorithm>

#include "lint/launch/staying_shell.hpp"
#include "lint/rules/compose/compose_case.hpp"
#include "lint/rules/shell/exec_insert.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

/// A program whose name is known, and that is there to stay; none of the ways out is an exec.
bool is_in_front(const launch_hop& hop, const base_image* known) {
    const auto* end = staying_end(hop, known);
    const auto name = end == nullptr ? std::string() : end->what->name();
    return !name.empty() && name != "sleep" &&
           std::none_of(hop.ends.begin(), hop.ends.end(),
                        [](const script_end& one) { return one.kind == end_kind::replaced; });
}

/// Null: the shell is gone when the program runs, or an init in front reaches past it.
const launch_hop* shell_in_front(const compose_case& given) {
    for (const launch_hop& hop : given.chain().hops) {
        if (has_group_init(hop)) {
            return nullptr;
        }
        if (hop.is_inline && hop.script != nullptr &&
            hop.script->file() == given.started_by().in->path &&
            term_handler(hop.script->run()) == nullptr && is_in_front(hop, given.known())) {
            return &hop;
        }
    }
    return nullptr;
}

/// Asks the program to stop by another way than the stop signal, and comes back at once.
bool asks_and_leaves(const shell::step& one) {
    const auto& name = one.name();
    if (name == "nginx" || name == "openresty") {
        return has_word(one, {"-s"}) && has_word(one, {"quit"});
    }
    if (name == "apachectl" || name == "apache2ctl" || name == "httpd") {
        return has_word(one, {"graceful-stop"});
    }
    const auto stop = shell::stop_request_of(one);
    const bool is_signal =
        stop && !stop->only_asks && stop->signal &&
        (stop->way == shell::stop_way::kill || stop->way == shell::stop_way::kill_by_name);
    return is_signal && (*stop->signal == "QUIT" || *stop->signal == "INT" ||
                         *stop->signal == "WINCH" || *stop->signal == "USR1");
}

bool may_let_time_pass(const shell::step& one) {
    return one.around.loops > 0 || shell::sleep_of(one).has_value() || one.name() == "wait" ||
           one.name() == "tail" || !is_short_command(one.name());
}

/// The signal that the hook sends is the stop signal anyway.
bool sends_stop_signal(const compose_case& given, const shell::step& one) {
    const auto stop = shell::stop_request_of(one);
    return stop && stop->signal && given.stop_signal() == *stop->signal;
}

void check_hook(const compose_case& given, const compose_value& command) {
    const auto words = given.written_words(command);
    if (!words) {
        return;
    }
    const auto chain = follow_launch(
        *words, command.in->path, std::make_shared<line_index>(command.in->yaml.lines),
        [](const std::string& /*path*/) -> std::shared_ptr<const loaded_script> {
            return nullptr;
        });
    if (least_wait(chain) == std::chrono::milliseconds::max()) {
        if (auto* made = given.add("C08", command,
                                   "this hook never ends, and the container gets its stop signal "
                                   "when it has ended")) {
            made->sure = confidence::proven;
            made->how = severity::error;
        }
        return;
    }
    const auto steps = steps_of(chain);
    const auto asked = std::find_if(steps.begin(), steps.end(), asks_and_leaves);
    if (asked == steps.end() || asked->around.loops > 0 || sends_stop_signal(given, *asked) ||
        std::any_of(asked + 1, steps.end(), may_let_time_pass)) {
        return;
    }
    given.add("C08", command,
              "\"" + words_of(*asked) +
                  "\" comes back at once, and the stop signal follows before the program has done "
                  "what it was asked for");
}

}  // namespace

void check_compose_shell(const compose_case& given) {
    const auto* hop = given.started_by() ? shell_in_front(given) : nullptr;
    if (hop == nullptr) {
        return;
    }
    const auto* end = staying_end(*hop, given.known());
    const bool has_init = given.of().get("init").ref.boolean().value_or(false);
    auto* made = given.add("C05", given.started_by(), hop->script->parsed().at(end->what->where),
                           has_init ? "the stop signal ends at the shell in front of \"" +
                                          words_of(*end->what) + "\", which is killed with it"
                                    : "the shell stays in front of \"" + words_of(*end->what) +
                                          "\" and does not pass the stop signal on");
    if (made == nullptr) {
        return;
    }
    const bool is_pipeline = end->kind == end_kind::pipeline;
    made->fix = is_pipeline ? "exec " + words_of(*end->what) + ", without the pipeline"
                            : "exec in front of " + quoted(words_of(*end->what));
    if (given.is_job() || !given.is_server()) {
        made->how = severity::note;  // it may end by itself, and is seldom stopped then
    }
    const auto insert = exec_for(*hop, *end);
    // A text is split at blanks, an item of a list is not.
    const auto& source = hop->words[hop->call.source].written;
    const bool stays_a_word =
        !given.started_by().ref.is_scalar() ||
        (source && is_quoted_until(made->at.offset, *source, given.started_by().in->text));
    if (!insert.empty() && stays_a_word) {
        place begin = made->at;
        begin.size = 0;
        made->edits.push_back({begin, insert});
    }
}

void check_compose_hooks(const compose_case& given) {
    for (const compose_value& hooks : given.of().all("pre_stop")) {
        for (const yaml_ref& one : hooks.ref.items()) {
            if (const auto command = one.get("command")) {
                check_hook(given, {command, hooks.in});
            }
        }
    }
}

}  // namespace lastcall::lint
