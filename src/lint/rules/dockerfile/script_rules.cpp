// The script of the build context that a container begins with: D08, D09, D13.
#include <algorithm>

#include "lint/catalogue/catalogue.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/rules/shell/script_faults.hpp"
#include "lint/shell/shebang.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

using shell::invocation;

/// The rules that are about the signal which the script gets.
bool is_about_its_signal(std::string_view rule) { return rule <= "S13" || rule == "S21"; }

bool uses_parameters(const shell::script& script) {
    bool found = false;
    shell::for_each_command(script, [&](const shell::command& one) {
        if (const auto* simple = std::get_if<shell::simple_command>(&one.what)) {
            for (const auto& word : simple->words) {
                found =
                    found || std::any_of(word.parts.begin(), word.parts.end(), [](const auto& p) {
                        return p.kind == shell::part_kind::parameter &&
                               (p.text == "@" || p.text == "*" || p.text == "1");
                    });
            }
        }
    });
    return found;
}

/// Of what COPY writes down in the Dockerfile itself the lines are not those of the file.
place place_in(const docker_case& given, const launch_hop& hop, shell::stretch where) {
    if (hop.script->file() != given.report().file()) {
        return hop.script->parsed().at(where);
    }
    place whole;
    whole.line = 0;
    return whole;
}

bool is_json_entrypoint(const docker_case& given) {
    const auto& entrypoint = given.stage()->entrypoint;
    return entrypoint && entrypoint->from != nullptr && entrypoint->is_json &&
           given.started_by() == entrypoint->from;
}

/// Returns: whether it reported.
bool check_parameters(const docker_case& given, const launch_hop& hop) {
    const auto& cmd = given.stage()->cmd;
    if (!is_json_entrypoint(given) || !cmd || cmd->is_empty()) {
        return false;
    }
    const script_end* child = nullptr;
    for (const script_end& one : hop.ends) {
        const bool passes =
            std::any_of(one.what->arguments.begin(), one.what->arguments.end(), is_all_parameters);
        if (passes && one.kind == end_kind::replaced) {
            return false;
        }
        child = passes ? &one : child;
    }
    if (child == nullptr && uses_parameters(hop.script->parsed())) {
        return false;
    }
    auto& made =
        given.report().add("D09", given.started_at(),
                           child != nullptr ? "CMD is run as a child of " + hop.script->file() +
                                                  ", which does not pass the stop signal on"
                                            : "CMD is never run: " + hop.script->file() +
                                                  " does not use what follows "
                                                  "its name");
    made.sure = confidence::proven;
    if (child != nullptr) {
        made.further.push_back(
            {hop.script->file(), place_in(given, hop, child->what->where), "without exec"});
    }
    return true;
}

void check_faults(const docker_case& given, const launch_hop& hop, bool has_reported) {
    const script_case inner{hop.script->parsed(), hop.script->run(), true,
                            has_group_init(given.chain().hops.front())};
    for (const script_fault& one : faults_of(inner)) {
        if (!is_about_its_signal(one.rule) || (has_reported && one.rule == "S01")) {
            continue;
        }
        auto& made = given.report().add(
            "D08", given.started_at(),
            "the script that it starts breaks " + std::string(one.rule) + ": " + one.what);
        const rule& inside = *find_rule(one.rule);
        made.how = inside.usual;
        made.why = inside.why;
        made.source = inside.source;
        made.fix = one.fix.empty() ? std::string(inside.fix) : one.fix;
        made.sure = one.sure;
        made.further.push_back(
            {hop.script->file(), place_in(given, hop, one.where), std::string(one.rule)});
    }
}

}  // namespace

void check_entry_script(const docker_case& given) {
    for (const launch_hop& hop : given.chain().hops) {
        if (hop.script == nullptr || hop.is_inline || given.started_by() == nullptr) {
            continue;
        }
        const auto& bang = hop.script->parsed().shebang;
        // Behind a shell's name the first line is a comment.
        const bool is_executed = hop.call.file == invocation::none;
        const auto line = hop.script->text().substr(0, hop.script->text().find('\n'));
        if (is_executed && (bang.shell == shell::dialect::none || line.ends_with('\r'))) {
            auto& made = given.report().add(
                "D13", given.started_at(),
                bang.shell == shell::dialect::none
                    ? hop.script->file() + " has no #! line, and the kernel does not execute it"
                    : hop.script->file() +
                          " has lines that end in CR LF, so that the kernel looks "
                          "for an interpreter with a CR in its name");
            made.sure = confidence::proven;
            made.further.push_back({hop.script->file(), {}, "its first line"});
        }
        const bool is_below_single_init = find_init(given.chain().hops.front()) != nullptr &&
                                          !has_group_init(given.chain().hops.front());
        const bool has_reported = check_parameters(given, hop) || is_below_single_init;
        check_faults(given, hop, has_reported);
    }
}

}  // namespace lastcall::lint
