// Steps of workflows, pipelines and playbooks: whether one gives up before the stop that it asks
// for has ended (S20), and what the chain across files wants to know of its commands.
#include <algorithm>

#include "lint/automation/timed_script.hpp"
#include "lint/launch/loaded_script.hpp"
#include "lint/rules/families.hpp"
#include "lint/rules/shell/command_digest.hpp"
#include "lint/rules/shell/script_comments.hpp"
#include "lint/rules/shell/script_faults.hpp"

namespace lastcall::lint {
namespace {

/// The comments and statements of the YAML and of the scripts in it, as suppressions want them.
struct commented_text {
    std::vector<comment> comments;
    std::vector<statement_lines> statements;

    void add(const shell::script& script, std::string_view text) {
        const auto more = comments_of(script, text);
        comments.insert(comments.end(), more.begin(), more.end());
        const auto lines = statements_of(script);
        statements.insert(statements.end(), lines.begin(), lines.end());
    }

    void sort() {
        std::stable_sort(comments.begin(), comments.end(),
                         [](const auto& a, const auto& b) { return a.at.offset < b.at.offset; });
        std::stable_sort(statements.begin(), statements.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    }
};

void tell(const script_fault& fault, const shell::script& script, file_report& into) {
    finding& made = into.add(fault.rule, script.at(fault.where), fault.what);
    made.fix = fault.fix;
    made.sure = fault.sure;
    if (fault.limit != nullptr) {
        made.source = fault.limit->source;
        made.further.push_back({into.file(), fault.limit->at, std::string(fault.limit->what)});
    }
}

}  // namespace

void judge_automation(const family_input& input, file_report& into) {
    const auto kind = automation_kind_of(input.text, input.path.filename().native());
    const auto file = read_yaml(input.text, yaml_braces::are_text);
    const auto lines = std::make_shared<line_index>(file.lines);
    commented_text all{file.comments, file.statements()};
    for (const timed_script& one : timed_scripts(kind, file)) {
        const auto script = load_inline(into.file(), one.text, lines);
        const auto* limit = one.limit ? &*one.limit : nullptr;
        const script_case given{script->parsed(), script->run(), false, false, true, limit};
        for (const script_fault& fault : limit_faults_of(given)) {
            tell(fault, script->parsed(), into);
        }
        digest_commands(given, {input.path, into.file(), input.text}, input.digests);
        all.add(script->parsed(), input.text);
    }
    into.add(file.problems);
    all.sort();
    into.accept(all.comments, all.statements, file.lines, input.today);
}

}  // namespace lastcall::lint
