#include "lint/automation/timed_script.hpp"

namespace lastcall::lint {

std::vector<timed_script> timed_scripts(automation_kind kind, const yaml_file& file) {
    std::vector<timed_script> made;
    for (const yaml_ref& root : roots(file)) {
        switch (kind) {
            case automation_kind::workflow:
                read_workflow(root, made);
                break;
            case automation_kind::pipeline:
                read_pipeline(root, made);
                break;
            case automation_kind::playbook:
                read_playbook(root, made);
                break;
            case automation_kind::none:
                break;
        }
    }
    return made;
}

std::optional<shell::run_limit> first_of(const std::optional<shell::run_limit>& one,
                                         const std::optional<shell::run_limit>& other) {
    if (one && other) {
        return other->after < one->after ? other : one;
    }
    return one ? one : other;
}

}  // namespace lastcall::lint
