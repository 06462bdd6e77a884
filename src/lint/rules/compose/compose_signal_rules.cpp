// The signal that stops a container, and who gets it first: C03, C04.
#include <algorithm>

#include "core/software.hpp"
#include "lint/launch/staying_shell.hpp"
#include "lint/rules/compose/compose_case.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

void check_signal_name(const compose_case& given, const compose_value& said) {
    const auto text = given.project().text(said);
    if (!text) {
        return;
    }
    const auto name = shell::signal_name(text->text());
    const bool is_signal = name && (shell::signal_number(*name) != 0 || name->starts_with("RT"));
    const bool is_hopeless = is_signal && (*name == "KILL" || *name == "STOP");
    if (is_signal && !is_hopeless) {
        return;
    }
    auto* made = given.add("C03", said,
                           is_hopeless ? "no program can do anything on SIG" + std::string(*name)
                                       : "\"" + text->text() + "\" is no signal");
    if (made != nullptr) {
        made->sure = confidence::proven;
    }
}

bool takes_term(const launch_hop& hop, const core::software& of) {
    return !of.term_option.empty() &&
           std::any_of(hop.words.begin(), hop.words.end(), [&](const launch_word& one) {
               // Its configuration, which may say the same, is not read here.
               const auto& text = one.what.what.text;
               return one.what.is(of.term_option) || text.ends_with(".ini") ||
                      text.ends_with(".yml") || text.ends_with(".yaml") || text.ends_with(".xml");
           });
}

void check_program(const compose_case& given, const compose_value& said) {
    const auto signal = given.stop_signal();
    const auto* hop = given.chain().program();
    if (!signal || *signal == "KILL" || *signal == "STOP" || hop == nullptr ||
        (!said && !given.started_by())) {
        return;  // what is all the image's own is the Dockerfile's: D04
    }
    const auto* software = core::find_software(hop->call.name);
    if (software == nullptr || software->ends_in_order(*signal) ||
        (*signal == "TERM" && takes_term(*hop, *software))) {
        return;
    }
    auto* made = given.add("C03", said ? said : given.started_by(),
                           "on SIG" + *signal + " " + std::string(software->name) + " " +
                               std::string(software->other));
    if (made == nullptr) {
        return;
    }
    made->sure = confidence::proven;
    made->source = software->source;
    made->fix = "stop_signal: SIG" + std::string(software->best());
}

/// `init: true` as the first key of the service.
void put_init(finding& made, const compose_case& given) {
    const auto& own = given.of().layers.back();
    const auto entries = own.ref.entries();
    if (own.in != &given.project().judged() || entries.empty() || given.of().get("init")) {
        return;
    }
    const auto first = entries.front().first.used_at();
    const auto name = given.of().name_in(*own.in);
    if (first.line <= name.line || first.column < 2) {
        return;  // in braces, or behind an anchor
    }
    place begin = first;
    begin.size = 0;
    made.edits.push_back({begin, "init: true\n" + std::string(first.column - 1, ' ')});
}

}  // namespace

void check_compose_signal(const compose_case& given) {
    const auto said = given.of().get("stop_signal");
    if (said) {
        check_signal_name(given, said);
    }
    check_program(given, said);
}

void check_compose_init(const compose_case& given) {
    const bool is_overridden = given.of().get("command") || given.of().get("entrypoint") ||
                               !given.of().is_absent("command") ||
                               !given.of().is_absent("entrypoint");
    if (given.build() == nullptr || is_overridden || !given.has_no_init() ||
        given.of().get("pid")) {
        return;
    }
    file_report scratch(given.build()->scratch().file(), given.build()->scratch().text());
    const docker_case image(scratch.file(), scratch.text(), scratch);
    check_runtime_as_init(image);
    for (const finding& one : std::move(scratch).finish()) {
        if (one.broken->id != "D07") {
            continue;
        }
        auto* made = given.add_at_name(
            "C04",
            "process 1 of the container has no handler for SIGTERM, and nothing is in front "
            "of it");
        if (made != nullptr) {
            made->sure = one.sure;
            made->further.push_back({one.file, one.at, one.what});
            put_init(*made, given);
        }
        return;
    }
}

}  // namespace lastcall::lint
