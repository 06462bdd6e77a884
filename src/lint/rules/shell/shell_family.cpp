// Shell scripts: S01 to S24.
#include <algorithm>
#include <limits>

#include "lint/rules/dockerfile/entry_front.hpp"
#include "lint/rules/families.hpp"
#include "lint/rules/shell/command_digest.hpp"
#include "lint/rules/shell/script_comments.hpp"
#include "lint/rules/shell/script_faults.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// A script that says by its name that a container begins with it.
bool is_named_entrypoint(const std::filesystem::path& path) {
    return lower(path.filename().native()).find("entrypoint") != std::string::npos;
}

/// Where the shell has left the file to another program: exec python3 "$0" "$@", as the first lines
/// of programs of other languages do.
std::uint32_t end_of_shell(const shell::execution& run) {
    for (const shell::step& one : run.steps) {
        const bool names_itself = std::any_of(
            one.arguments.begin(), one.arguments.end(),
            [](const auto& word) { return !word.is_known() && word.what.text == "$0"; });
        if (one.call.is_exec() && !one.around.is_optional && names_itself) {
            return one.where.end;
        }
    }
    return std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

void judge_shell_script(const family_input& input, file_report& into) {
    const auto script = shell::read_script(input.text);
    if (script.shebang.shell == shell::dialect::other ||
        script.shebang.shell == shell::dialect::zsh) {
        return;
    }
    const auto run = shell::execution_of(script);
    const bool is_entrypoint = is_named_entrypoint(input.path);
    const script_case given{script, run, is_entrypoint,
                            is_entrypoint && has_group_init_in_front(input.path), true};
    const auto end = end_of_shell(run);
    for (const script_fault& fault : faults_of(given)) {
        if (fault.where.begin >= end) {
            continue;
        }
        finding& made = into.add(fault.rule, script.at(fault.where), fault.what);
        made.fix = fault.fix;
        made.sure = fault.sure;
        if (!fault.insert.empty()) {
            place begin = made.at;
            begin.size = 0;
            made.edits.push_back({begin, fault.insert});
        }
    }
    for (const shell::problem& one : script.problems) {
        if (one.where.begin >= end) {
            break;
        }
        into.add("G02", script.at(one.where), one.text);
    }
    digest_commands(given, {input.path, into.file(), input.text}, input.digests);
    into.accept(comments_of(script, input.text), statements_of(script), *script.lines(),
                input.today);
}

}  // namespace lastcall::lint
