// Compose files: C01 to C10.
#include <array>

#include "lint/rules/compose/compose_case.hpp"
#include "lint/rules/compose/service_digest.hpp"
#include "lint/rules/families.hpp"

namespace lastcall::lint {

void judge_compose(const family_input& input, file_report& into) {
    constexpr std::array<compose_rule, 9> rules{
        check_compose_grace, check_compose_signal,  check_compose_init,
        check_compose_shell, check_compose_order,   check_compose_update,
        check_compose_hooks, check_compose_scripts, check_compose_sockets,
    };
    const compose_project project(input.path, input.text);
    for (const compose_service& one : project.services()) {
        if (one.is_included) {
            continue;
        }
        const compose_case given(project, one, into);
        for (const compose_rule rule : rules) {
            rule(given);
        }
        digest_service(given, input.digests);
    }
    const yaml_file& file = project.judged().yaml;
    // What cannot be read of a template may be in order once it is rendered.
    if (!file.is_template) {
        into.add(file.problems);
    }
    into.accept(file.comments, file.statements(), file.lines, input.today);
}

}  // namespace lastcall::lint
