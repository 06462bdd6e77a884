// Dockerfiles: D01 to D16.
#include <array>

#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/rules/families.hpp"

namespace lastcall::lint {

void judge_dockerfile(const family_input& input, file_report& into) {
    constexpr std::array<docker_rule, 11> rules{
        check_shell_form,       check_shell_in_front, check_launcher,     check_stop_signal,
        check_runtime_as_init,  check_entry_script,   check_other_user,   check_reduced_signals,
        check_supervisor_times, check_replaced,       check_health_check,
    };
    const docker_case given(input.path, input.text, into);
    if (given.stage() != nullptr) {
        for (const docker_rule rule : rules) {
            rule(given);
        }
    }
    into.add(given.file().problems);
    into.add(given.build().problems);
    into.accept(given.file().comments, given.file().statements(), given.file().lines, input.today);
}

}  // namespace lastcall::lint
