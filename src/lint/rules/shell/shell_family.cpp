// Shell scripts: S01 to S24.
#include "lint/rules/families.hpp"
#include "lint/rules/shell/script_comments.hpp"
#include "lint/rules/shell/script_faults.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// A script that says by its name that a container begins with it.
bool is_named_entrypoint(const std::filesystem::path& path) {
    return lower(path.filename().native()).find("entrypoint") != std::string::npos;
}

}  // namespace

void judge_shell_script(const family_input& input, file_report& into) {
    const auto script = shell::read_script(input.text);
    if (script.shebang.shell == shell::dialect::other ||
        script.shebang.shell == shell::dialect::zsh) {
        return;
    }
    const auto run = shell::execution_of(script);
    const script_case given{script, run, is_named_entrypoint(input.path), false};
    for (const script_fault& fault : faults_of(given)) {
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
        into.add("G02", script.at(one.where), one.text);
    }
    into.accept(comments_of(script, input.text), statements_of(script), *script.lines(),
                input.today);
}

}  // namespace lastcall::lint
