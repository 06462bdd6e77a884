#include "lint/automation/timed_script.hpp"

namespace lastcall::lint {

void script_list::add(timed_script one) {
    if (has_room(one.text)) {
        bytes_ += one.text.size();
        all_.push_back(std::move(one));
    }
}

std::vector<timed_script> timed_scripts(automation_kind kind, const yaml_file& file) {
    script_list made;
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
    return std::move(made).take();
}

std::optional<shell::run_limit> first_of(const std::optional<shell::run_limit>& one,
                                         const std::optional<shell::run_limit>& other) {
    if (one && other) {
        return other->after < one->after ? other : one;
    }
    return one ? one : other;
}

}  // namespace lastcall::lint
